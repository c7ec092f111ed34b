package dev.waybill.local.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Lets objects come into the bucket on another day than today, at this time of the day. */
final class RunDate {

  private RunDate() {}

  /**
   * A clock of that day.
   *
   * @param date null for today
   */
  static Clock clock(LocalDate date) {
    Clock now = Clock.systemUTC();
    return date == null
        ? now
        : Clock.offset(
            now,
            Duration.between(LocalDate.now(ZoneOffset.UTC).atStartOfDay(), date.atStartOfDay()));
  }
}
