package dev.waybill.local.cli;

import dev.waybill.gluejobs.cleaning.CleaningOptions;
import dev.waybill.local.CleaningSettings;
import picocli.CommandLine.Option;

/** What {@code run} and {@code watch} do about values that can't be read. */
final class UnreadableOptions {

  private static final String PERCENT_OPTION = "--max-unreadable-percent";

  @Option(
      names = PERCENT_OPTION,
      paramLabel = "N",
      description = "warn of a column with more unreadable values than this (default: 5)")
  private String percent;

  @Option(
      names = "--fail-on-unreadable",
      description = "fail the run in the place of that warning, before anything is written")
  private boolean fail;

  @Option(
      names = "--with-samples",
      description =
          "show up to three unreadable values of each column in report.html, run.json and the warning: they are"
              + " data of the file")
  private boolean samples;

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException naming the option and its value
   */
  CleaningSettings settings() {
    if (percent != null && !CleaningOptions.isPercent(percent)) {
      throw new IllegalArgumentException(
          "%s is '%s'; it must be %s"
              .formatted(PERCENT_OPTION, percent, CleaningOptions.A_PERCENT));
    }
    return new CleaningSettings(percent, fail, samples);
  }
}
