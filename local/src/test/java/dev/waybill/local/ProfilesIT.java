package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.WaybillCommand.Ended;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code waybill upload} with the kinds of profiles that people have. One server stands for all of
 * AWS: it issues credentials, and notes with which of them Step Functions was called.
 *
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/access.html">Authentication and
 *     access of AWS SDKs</a>
 */
class ProfilesIT {

  private static final String ISSUED = "AKIAISSUED";
  private static final String SSO =
      "sso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n";
  private static final String WHO = "sso_account_id = 111122223333\nsso_role_name = Reader\n";

  @TempDir private Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private HttpEndpoint aws;

  @BeforeEach
  void start() throws Exception {
    aws =
        HttpEndpoint.start(
            "aws",
            HttpEndpoint.LOOPBACK,
            exchange -> {
              String body =
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
              String path = HttpEndpoint.path(exchange);
              if (exchange.getRequestHeaders().containsKey("X-Amz-Target")) {
                keys.add(
                    exchange
                        .getRequestHeaders()
                        .getFirst("Authorization")
                        .replaceAll(".*Credential=|/.*", ""));
                HttpEndpoint.answer(
                    exchange, 200, "application/x-amz-json-1.0", "{\"stateMachines\":[]}");
              } else if (path.equals("/federation/credentials")) {
                asked.add(
                    "GetRoleCredentials "
                        + exchange.getRequestHeaders().getFirst("x-amz-sso_bearer_token"));
                HttpEndpoint.answer(
                    exchange, 200, "application/json", roleCredentials().toString());
              } else if (path.equals("/token")) {
                JsonNode token = Json.parse(body);
                asked.add(
                    "CreateToken "
                        + token.path("grantType").asText()
                        + " "
                        + token.path("refreshToken").asText());
                HttpEndpoint.answer(
                    exchange,
                    200,
                    "application/json",
                    Json.object()
                        .put("accessToken", "fresh")
                        .put("tokenType", "Bearer")
                        .put("expiresIn", 3600)
                        .toString());
              } else {
                asked.add(body.replaceAll(".*(Action=\\w+).*", "$1"));
                HttpEndpoint.answer(exchange, 200, "text/xml", assumedRole());
              }
            });
    for (String service : List.of("SFN", "STS", "SSO", "SSO_OIDC", "SIGNIN", "S3", "XRAY")) {
      environment.put("AWS_ENDPOINT_URL_" + service, aws.url());
    }
    environment.put("AWS_PROFILE", "team");
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    Files.writeString(home.resolve("x.csv"), "id\n1\n");
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void aRoleIsAssumedWithTheCredentialsOfItsSourceProfile() throws Exception {
    config(
        "[profile team]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = base\nregion = eu-west-1\n");
    write(".aws/credentials", "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n");

    assertSignedIn();
    assertThat(asked).containsExactly("Action=AssumeRole");
  }

  @Test
  void aProfileOfIamIdentityCenterTakesTheTokenOfItsLastSignIn() throws Exception {
    config("[profile team]\nregion = eu-west-1\n" + SSO + WHO);
    token("https://example.awsapps.com/start", "cached", Instant.now().plus(Duration.ofHours(1)));

    assertSignedIn();
    assertThat(asked).containsExactly("GetRoleCredentials cached");
  }

  @Test
  void aSessionOfIamIdentityCenterRefreshesItsToken() throws Exception {
    config(
        "[profile team]\nregion = eu-west-1\nsso_session = work\n"
            + WHO
            + "[sso-session work]\n"
            + SSO);
    token("work", "stale", Instant.now().minus(Duration.ofHours(1)));

    assertSignedIn();
    assertThat(asked)
        .containsExactly("CreateToken refresh_token again", "GetRoleCredentials fresh");
  }

  @Test
  void aProfileOfAwsLoginTakesTheCredentialsOfItsSession() throws Exception {
    String session = "arn:aws:iam::111122223333:user/someone";
    config("[profile team]\nregion = eu-west-1\nlogin_session = " + session + "\n");
    ObjectNode cached =
        Json.object().put("tokenType", "aws_sigv4").put("clientId", "c").put("refreshToken", "r");
    cached.put("dpopKey", "unused while the credentials are valid").put("idToken", "i");
    cached
        .putObject("accessToken")
        .put("accessKeyId", ISSUED)
        .put("secretAccessKey", "s")
        .put("sessionToken", "t")
        .put("accountId", "111122223333")
        .put("expiresAt", Instant.now().plus(Duration.ofHours(1)).toString());
    write(".aws/login/cache/" + hash("SHA-256", session) + ".json", cached.toString());

    assertSignedIn();
    assertThat(asked).isEmpty();
  }

  @Test
  void aSignInThatHasExpiredIsSaidInOneLine() throws Exception {
    config("[profile team]\nregion = eu-west-1\n" + SSO + WHO);
    token("https://example.awsapps.com/start", "cached", Instant.now().minus(Duration.ofHours(1)));

    Ended upload = upload();

    assertThat(upload.status()).isEqualTo(1);
    assertThat(upload.err())
        .hasLineCount(1)
        .startsWith("waybill: no AWS credentials (profile team, region eu-west-1): sign in")
        .contains("The SSO session associated with this profile has expired");
  }

  @Test
  void aProfileThatDoesNotExistIsNamed() throws Exception {
    environment.put("AWS_REGION", "eu-west-1");

    Ended upload = upload();

    assertThat(upload.status()).isEqualTo(1);
    assertThat(upload.err())
        .isEqualTo(
            "waybill: no AWS credentials (profile team, region eu-west-1): sign in, for example by aws sso login or aws login, or name a profile by AWS_PROFILE\n");
  }

  /**
   * Step Functions was asked with issued credentials; it has no pipeline, which ends the command.
   */
  private void assertSignedIn() throws InterruptedException {
    Ended upload = upload();

    assertThat(upload.err())
        .startsWith(
            "waybill: there is no pipeline in this account and region (profile team, region eu-west-1)");
    assertThat(upload.status()).isEqualTo(2);
    assertThat(keys).containsExactly(ISSUED);
  }

  private Ended upload() throws InterruptedException {
    return new WaybillCommand(home).with(environment).run("upload", "x.csv");
  }

  private void config(String text) throws Exception {
    write(".aws/config", text);
  }

  private void token(String of, String accessToken, Instant expires) throws Exception {
    write(
        ".aws/sso/cache/" + hash("SHA-1", of) + ".json",
        Json.object()
            .put("startUrl", "https://example.awsapps.com/start")
            .put("region", "eu-west-1")
            .put("accessToken", accessToken)
            .put("expiresAt", expires.toString())
            .put("refreshToken", "again")
            .put("clientId", "id")
            .put("clientSecret", "secret")
            .put("registrationExpiresAt", Instant.now().plus(Duration.ofDays(1)).toString())
            .toString());
  }

  private void write(String file, String text) throws Exception {
    Files.createDirectories(home.resolve(file).getParent());
    Files.writeString(home.resolve(file), text);
  }

  private static String hash(String algorithm, String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static ObjectNode roleCredentials() {
    ObjectNode answer = Json.object();
    answer
        .putObject("roleCredentials")
        .put("accessKeyId", ISSUED)
        .put("secretAccessKey", "s")
        .put("sessionToken", "t")
        .put("expiration", Instant.now().plus(Duration.ofHours(1)).toEpochMilli());
    return answer;
  }

  private static String assumedRole() {
    return """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
          <Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
            <SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials>
          <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><AssumedRoleId>a:s</AssumedRoleId></AssumedRoleUser>
        </AssumeRoleResult></AssumeRoleResponse>
        """
        .formatted(ISSUED, Instant.now().plus(Duration.ofHours(1)));
  }
}
