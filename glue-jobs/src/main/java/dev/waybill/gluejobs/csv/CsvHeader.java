package dev.waybill.gluejobs.csv;

import dev.waybill.gluejobs.values.Blank;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file's header: its column names in the file's order.
 *
 * @param names as standardized: trimmed, lower case, every run of blanks an underscore, synonyms
 *     replaced
 * @param asWritten as they stand in the file
 */
public record CsvHeader(List<String> names, List<String> asWritten) {

  /** A header with more is refused, so that memory stays bounded. */
  static final int MOST_COLUMNS = 10_000;

  private static final Pattern LONE_CARRIAGE_RETURN = Pattern.compile("\r(?!\n)");
  private static final int NAMES_SHOWN = 40;

  /**
   * Reads the first record of a stream.
   *
   * @param synonyms other names that a column may have, and the one that it gets
   * @throws CsvRecords.NotCsv where the stream is empty or no text
   */
  public static CsvHeader read(InputStream in, Map<String, String> synonyms) throws IOException {
    CsvRecords records = new CsvRecords(in);
    if (!records.next()) {
      throw new CsvRecords.NotCsv("is empty: it has no header and no rows");
    }
    if (records.fields() > MOST_COLUMNS) {
      throw new CsvRecords.NotCsv(
          "has %,d columns in its first line; no more than %,d are taken"
              .formatted(records.fields(), MOST_COLUMNS));
    }
    List<String> names = new ArrayList<>();
    List<String> asWritten = new ArrayList<>();
    for (int i = 0; i < records.fields(); i++) {
      String name = records.field(i).toString();
      if (name.chars().anyMatch(c -> c < ' ' && !Blank.is(c))) {
        throw new CsvRecords.NotCsv("is not a CSV file: its first line holds control characters");
      }
      if (LONE_CARRIAGE_RETURN.matcher(name).find()) {
        throw new CsvRecords.NotCsv(
            "has lines that end with CR alone; save it with LF or CRLF, else all of it is one line");
      }
      asWritten.add(name);
      String standard = Blank.replaceRuns(Blank.strip(name).toLowerCase(Locale.ROOT), "_");
      names.add(synonyms.getOrDefault(standard, standard));
    }
    if (records.problem() != null) {
      throw new CsvRecords.NotCsv(
          "has a first line that can't be read: "
              + records.problem()
              + "; no row would be left of the file");
    }
    return new CsvHeader(List.copyOf(names), List.copyOf(asWritten));
  }

  /**
   * Checks that every one of these columns is there once.
   *
   * @throws CsvRecords.NotCsv naming all that are missing and all that are doubled
   */
  public void require(Collection<String> columns) {
    List<String> missing = columns.stream().filter(column -> !names.contains(column)).toList();
    List<String> doubled = columns.stream().filter(doubled()::contains).toList();
    List<String> problems = new ArrayList<>();
    if (!missing.isEmpty()) {
      problems.add("columns missing: " + String.join(", ", missing));
    }
    if (!doubled.isEmpty()) {
      problems.add("columns doubled: " + String.join(", ", doubled));
    }
    if (!problems.isEmpty()) {
      throw new CsvRecords.NotCsv(
          String.join("; ", problems) + "; the header has: " + shown(names));
    }
  }

  /**
   * Where some columns stand, the first of equal names.
   *
   * @param columns names as standardized; those that the file does not have are left out
   * @return names as written, and places from 0
   */
  public Map<String, Integer> places(Collection<String> columns) {
    return columns.stream()
        .map(names::indexOf)
        .filter(place -> place >= 0)
        .collect(Collectors.toMap(asWritten::get, place -> place));
  }

  /** The names that more than one column has. */
  public List<String> doubled() {
    return names.stream()
        .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
        .distinct()
        .toList();
  }

  /** Names for a message, however many there are. */
  public static String shown(List<String> names) {
    String all = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    String cut = all.length() > 600 ? all.substring(0, 600) + "…" : all;
    return names.size() > NAMES_SHOWN ? cut + " … (" + names.size() + " columns)" : cut;
  }
}
