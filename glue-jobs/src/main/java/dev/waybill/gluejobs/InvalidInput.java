package dev.waybill.gluejobs;

import dev.waybill.gluejobs.values.Visible;

/**
 * The input is not what the data contract asks for, and no retry will change that. The message
 * begins with {@link #MARKER}, by which the workflow tells such a failure from one of the
 * infrastructure, then names the object, what is wrong with it and the way out. Invisible
 * characters of names and values are shown in it as escapes.
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
    super(MARKER + ": " + Visible.text(key + ": " + problem));
  }
}
