package dev.waybill.gluejobs.csv;

import java.io.Serializable;

/**
 * A part of a file that holds whole records: it begins where a line begins, outside of quotes.
 *
 * @param begin offset of its first byte
 * @param end offset behind its last byte
 * @param line on which it begins, from 1
 * @param header whether its first record is the file's header
 */
record CsvPiece(long begin, long end, long line, boolean header) implements Serializable {

  private static final long serialVersionUID = 1;

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return begin + "-" + end + "-" + line + "-" + header;
  }

  static CsvPiece parse(String text) {
    String[] parts = text.split("-");
    return new CsvPiece(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Boolean.parseBoolean(parts[3]));
  }
}
