package dev.waybill.gluejobs;

/**
 * The input is not what the data contract asks for, and no retry will change that. The message
 * begins with {@link #MARKER}, by which the workflow tells such a failure from one of the
 * infrastructure, then names the object, what is wrong with it and the way out.
 */
public final class InvalidInput extends RuntimeException {

  /** What {@code workflow/pipeline.asl.json} looks for in a failed job's error message. */
  public static final String MARKER = "INVALID_INPUT";

  private static final long serialVersionUID = 1;

  /**
   * Refuses an object.
   *
   * @param key its S3 key
   * @param problem what is wrong, and the way out
   */
  public InvalidInput(String key, String problem) {
    super(MARKER + ": " + key + ": " + problem);
  }
}
