package dev.waybill.lambdatrigger;

import java.util.Locale;

/**
 * Which objects of the bucket the pipeline processes. This is the only place that says so: S3
 * notifies the function of everything below {@link #FOLDER}, because its own filters compare case,
 * and the command line asks here before it sends a file.
 */
public final class PipelineInput {

  /** The prefix of all keys that the pipeline processes. */
  public static final String FOLDER = "input/";

  private static final String ENDING = ".csv";

  private PipelineInput() {}

  /**
   * Whether the pipeline processes an object: a file below {@link #FOLDER} whose name ends in
   * {@code .csv}, in any case. Folder markers, whose keys end in a slash, are skipped. An empty
   * file is processed, and fails with a clear error.
   *
   * @param key decoded, not as in an S3 event
   */
  public static boolean takes(String key) {
    return key.startsWith(FOLDER) && key.toLowerCase(Locale.ROOT).endsWith(ENDING);
  }
}
