package dev.waybill.local.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import picocli.CommandLine.TypeConversionException;

/** Lets objects come into the bucket on another day than today, at this time of the day. */
final class RunDate {

  private RunDate() {}

  /**
   * Reads {@code yyyy-mm-dd}, as S3's events and the jobs write a date.
   *
   * @throws TypeConversionException naming the value
   */
  static LocalDate parse(String value) {
    try {
      if (value.matches("\\d{4}-\\d{2}-\\d{2}")) {
        return LocalDate.parse(value);
      }
    } catch (DateTimeException noSuchDay) {
      throw new TypeConversionException("'%s' is not a day of the calendar".formatted(value));
    }
    throw new TypeConversionException(
        "'%s' is not a date like 2026-11-20 (yyyy-mm-dd)".formatted(value));
  }

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
