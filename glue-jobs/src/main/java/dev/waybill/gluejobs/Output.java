package dev.waybill.gluejobs;

import java.util.Locale;

/** The folders of the bucket that the jobs write to. */
public enum Output {
  CLEANED,
  PROCESSED,
  NEIGHBOURHOOD_SUMMARY,
  QUARANTINE,
  RUNS;

  /**
   * The one with this folder.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static Output ofFolder(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The folder's name, for example {@code neighbourhood_summary}. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}
