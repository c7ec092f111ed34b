package dev.waybill.local;

import java.util.Map;

/**
 * What a client signs its requests with.
 *
 * @param id the access key id, which goes with each request
 * @param secret the secret access key, which never does
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html">Access
 *     keys</a>
 */
public record Keys(String id, String secret) {

  /** The variable that has the access key id of the local bucket's S3 API. */
  public static final String ID_VARIABLE = "WAYBILL_S3_ACCESS_KEY_ID";

  /** The variable that has its secret access key. */
  public static final String SECRET_VARIABLE = "WAYBILL_S3_SECRET_ACCESS_KEY";

  /** New ones, which nobody guesses. */
  public static Keys random() {
    return new Keys("waybill-" + Ids.segmentId(), Ids.secret());
  }

  /**
   * Those that the environment names, new ones where it names none.
   *
   * @throws IllegalArgumentException where one of the two variables is missing, or not usable
   */
  public static Keys of(Map<String, String> environment) {
    String id = environment.getOrDefault(ID_VARIABLE, "");
    String secret = environment.getOrDefault(SECRET_VARIABLE, "");
    if (id.isEmpty() && secret.isEmpty()) {
      return random();
    }
    if (id.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException(
          "environment variable %s is missing: set both it and %s, or neither"
              .formatted(
                  id.isEmpty() ? ID_VARIABLE : SECRET_VARIABLE,
                  id.isEmpty() ? SECRET_VARIABLE : ID_VARIABLE));
    }
    if (!id.matches("[\\w.-]+")) {
      throw new IllegalArgumentException(
          "environment variable %s is '%s'; it may have letters, digits and . _ - only"
              .formatted(ID_VARIABLE, id));
    }
    return new Keys(id, secret);
  }

  /** Without the secret, which belongs into no log. */
  @Override
  public String toString() {
    return id;
  }
}
