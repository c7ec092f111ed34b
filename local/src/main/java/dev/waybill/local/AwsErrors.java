package dev.waybill.local;

import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/**
 * Says in one sentence what went wrong between this machine and AWS, and what to do next. The SDK's
 * own messages list every credentials provider it asked.
 *
 * @param profile the profile that the SDK reads
 * @param region the region that it calls, or null where none is set
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/creds-config-files.html">Shared
 *     config and credentials files</a>
 */
public record AwsErrors(String profile, String region) {

  private static final Set<String> EXPIRED =
      Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired");
  private static final Set<String> UNKNOWN_KEY =
      Set.of(
          "InvalidAccessKeyId",
          "InvalidClientTokenId",
          "SignatureDoesNotMatch",
          "InvalidSignatureException",
          "UnrecognizedClientException");

  private static final Pattern PROFILE_REASON =
      Pattern.compile(
          "(?<!\\w)ProfileCredentialsProvider\\(profileName=.*?\\)\\): (.*?), ContainerCredentialsProvider",
          Pattern.DOTALL);

  /** Of the profile and region that the environment names. */
  public static AwsErrors ofEnvironment() {
    return new AwsErrors(
        ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow(), regionOfEnvironment());
  }

  /** The profile and region, for messages. */
  public String place() {
    return region == null
        ? "profile " + profile
        : "profile %s, region %s".formatted(profile, region);
  }

  /**
   * Refuses to go on without a region: every call would fail for it.
   *
   * @throws IllegalArgumentException where the environment names none, or one that can't be one
   */
  public void requireRegion() {
    if (region == null || region.isBlank()) {
      throw new IllegalArgumentException(
          "no AWS region is set: set AWS_REGION, or region in the profile %s of ~/.aws/config"
              .formatted(profile));
    }
    if (!region.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException(
          "the AWS region is '%s'; it must be like eu-west-1: set AWS_REGION, or region in the profile %s of ~/.aws/config"
              .formatted(region, profile));
    }
  }

  /** One sentence on a failed call. */
  public String sentence(SdkException error) {
    if (error instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
      return refused(refused);
    }
    Optional<UnknownHostException> host = cause(error, UnknownHostException.class);
    if (host.isPresent()) {
      return "can't find the host %s: %s (%s)"
          .formatted(host.get().getMessage().replaceFirst(":.*", ""), nextStepForHost(), place());
    }
    String message = String.valueOf(error.getMessage());
    if (message.contains("Unable to load credentials")) {
      return "no AWS credentials (%s): sign in, for example by aws sso login or aws login, or name a profile by AWS_PROFILE%s"
          .formatted(place(), reasonOfProfile(message));
    }
    if (error instanceof SdkClientException
        && cause(error, java.io.IOException.class).isPresent()) {
      return "can't reach AWS (%s): %s; check the network, the proxy, and AWS_ENDPOINT_URL where it is set"
          .formatted(place(), cause(error, java.io.IOException.class).get());
    }
    return "%s (%s)".formatted(firstLine(message), place());
  }

  private String refused(AwsServiceException error) {
    String code = String.valueOf(error.awsErrorDetails().errorCode());
    String service = error.awsErrorDetails().serviceName();
    String message = firstLine(String.valueOf(error.awsErrorDetails().errorMessage()));
    if (error instanceof NoSuchBucketException) {
      return "the bucket does not exist (%s): was the stack deleted, or is it in another region or account?"
          .formatted(place());
    }
    if (EXPIRED.contains(code)) {
      return "the AWS credentials have expired (%s): sign in again".formatted(place());
    }
    if (UNKNOWN_KEY.contains(code)) {
      return "AWS does not accept the credentials (%s, %s): check the access key and its secret"
          .formatted(place(), code);
    }
    if (error.statusCode() == 403 || code.startsWith("AccessDenied")) {
      return "%s denies access (%s): %s; ask for the permission, or use another profile"
          .formatted(service, place(), message);
    }
    return "%s answers %s (%s): %s".formatted(service, code, place(), message);
  }

  private String nextStepForHost() {
    boolean known = region != null && Region.regions().contains(Region.of(region));
    return known
        ? "check the network"
        : "is the region spelled right? Set AWS_REGION, or region in the profile of ~/.aws/config";
  }

  /** What the profile's own provider said, which the SDK puts into the middle of its list. */
  private static String reasonOfProfile(String message) {
    Matcher reason = PROFILE_REASON.matcher(message);
    return !reason.find() || reason.group(1).startsWith("Profile file contained no credentials")
        ? ""
        : ". The profile's credentials fail: " + firstLine(reason.group(1));
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private static <T extends Throwable> Optional<T> cause(Throwable error, Class<T> type) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (type.isInstance(each) && !(each instanceof NoSuchFileException)) {
        return Optional.of(type.cast(each));
      }
    }
    return Optional.empty();
  }

  private static String regionOfEnvironment() {
    try {
      // The SDK encodes what can't stand in a host's name.
      return URLDecoder.decode(
          DefaultAwsRegionProviderChain.builder().build().getRegion().id(), StandardCharsets.UTF_8);
    } catch (SdkClientException none) {
      return null;
    }
  }
}
