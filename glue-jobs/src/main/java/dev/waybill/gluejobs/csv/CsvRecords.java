package dev.waybill.gluejobs.csv;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads the records of a CSV stream one after another, each with its raw text, which no CSV library
 * hands out for every record. A quoted field may hold commas, doubled quotes and line breaks; a
 * quote inside an unquoted field is text; lines end with LF or CRLF; empty lines and a byte order
 * mark at the start are skipped.
 *
 * <p>Texts are parts of a buffer, and good until the next record is read. Not safe for use by
 * several threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>
 */
public final class CsvRecords implements Closeable {

  /**
   * A longer record is a quote that was never closed in a large file; it is refused, so that memory
   * stays bounded.
   */
  public static final int LONGEST_RECORD = 64 << 20;

  static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private static final int BUFFER = 256 << 10;
  private static final int LARGEST_BUFFER = LONGEST_RECORD + BUFFER;
  private static final int NONE = -1;

  /** What files begin with that are often called CSV and are none, and the way out. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "1f8b", "is compressed with gzip; upload it unpacked",
          "504b", "is a ZIP archive or an Excel workbook; upload the CSV file that is in it",
          "fffe", "is in UTF-16; save it as UTF-8",
          "feff", "is in UTF-16; save it as UTF-8");

  private final InputStream in;
  private long unread;
  private long taken;
  private byte[] buffer;
  private int limit;

  /** Where the record begins, and behind its line end, in the buffer. */
  private int start;

  private int position;
  private int rawLength;
  private long line;
  private long recordLine;

  /** Begin and end of each field, from the record's start; from 0 in {@link #halved}. */
  private int[] begins = new int[64];

  private int[] ends = new int[64];
  private boolean[] isHalved = new boolean[64];
  private int fields;
  private byte[] halved = new byte[256];
  private int halvedLength;
  private String problem;

  // The field that is being read: all indices from the record's start.
  private int fieldStart;
  private boolean quoted;
  private boolean doubled;
  private int closingQuote;

  /**
   * Begins to read a whole stream.
   *
   * @throws NotCsv where the stream begins as other kinds of files do
   */
  public CsvRecords(InputStream in) throws IOException {
    this(in, Long.MAX_VALUE, 1, BUFFER);
    fill();
    String other = limit >= 2 ? OTHERS.get(HexFormat.of().formatHex(buffer, 0, 2)) : null;
    if (other != null) {
      throw new NotCsv(other);
    }
    int mark = BYTE_ORDER_MARK.length;
    if (limit >= mark && Arrays.equals(buffer, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
      position = mark;
    }
  }

  /**
   * Reads the records of a part of a stream.
   *
   * @param in starts with the first of them
   * @param bytes how many belong to them
   * @param line on which the first begins, from 1
   */
  CsvRecords(InputStream in, long bytes, long line) {
    this(in, bytes, line, BUFFER);
  }

  /** With a buffer of this size at first, in bytes. */
  CsvRecords(InputStream in, long bytes, long line, int buffer) {
    this.in = in;
    this.buffer = new byte[buffer + Swar.PADDING];
    this.unread = bytes;
    this.line = line;
  }

  /**
   * Goes to the next record.
   *
   * @return false at the end of the stream
   * @throws NotCsv where the stream is not UTF-8 or a record is longer than {@link #LONGEST_RECORD}
   */
  public boolean next() throws IOException {
    do {
      if (!read()) {
        return false;
      }
    } while (rawLength == 0);
    return true;
  }

  /** The record as it stands in the file, without its line end. */
  public UTF8String raw() {
    return UTF8String.fromBytes(buffer, start, rawLength);
  }

  /** How many fields it has. */
  public int fields() {
    return fields;
  }

  /**
   * A field without the quotes that the file has around it or doubled in it; as it stands in the
   * file where there is a problem with it.
   */
  public UTF8String field(int index) {
    int length = ends[index] - begins[index];
    return isHalved[index]
        ? UTF8String.fromBytes(halved, begins[index], length)
        : UTF8String.fromBytes(buffer, start + begins[index], length);
  }

  /** Why the record can't be trusted, or null. */
  public String problem() {
    return problem;
  }

  /** How many bytes of the stream stand before the record. */
  public long offset() {
    return taken - (limit - start);
  }

  /** The line on which the record begins, from 1. */
  public long line() {
    return recordLine;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Reads a line, or several where a quoted field goes on. */
  private boolean read() throws IOException {
    start = position;
    fields = 0;
    halvedLength = 0;
    problem = null;
    recordLine = line;
    beginField(0);
    long all = 0;
    int scanned = start;
    while (true) {
      while (scanned < limit) {
        long word = Swar.word(buffer, scanned, limit);
        all |= word;
        for (long marks = Swar.structural(word); marks != 0; marks &= marks - 1) {
          int at = scanned + Swar.first(marks);
          if (accept(buffer[at], at - start)) {
            endRecord(at - start, at + 1, all);
            return true;
          }
        }
        scanned = Math.min(limit, scanned + Long.BYTES);
      }
      int moved = start;
      if (!fill()) {
        return endStream(all);
      }
      scanned -= moved;
    }
  }

  /**
   * Takes a comma, a quote or a line feed.
   *
   * @param at from the record's start
   * @return whether the record ends here
   */
  private boolean accept(byte next, int at) {
    if (next == '"') {
      acceptQuote(at);
      return false;
    }
    boolean lineFeed = next == '\n';
    if (lineFeed) {
      line++;
    }
    if (quoted) {
      if (closingQuote == NONE) {
        return false;
      }
      if (!followsQuote(lineFeed, at)) {
        breakField();
      }
    }
    if (!lineFeed) {
      endField(at);
      beginField(at + 1);
    }
    return lineFeed;
  }

  private void acceptQuote(int at) {
    if (!quoted) {
      quoted = at == fieldStart;
    } else if (closingQuote == NONE) {
      closingQuote = at;
    } else if (at == closingQuote + 1) {
      closingQuote = NONE;
      doubled = true;
    } else {
      breakField();
    }
  }

  /** Whether nothing but a line end lies between the closing quote and what comes now. */
  private boolean followsQuote(boolean lineFeed, int at) {
    return at == closingQuote + 1
        || lineFeed && at == closingQuote + 2 && buffer[start + at - 1] == '\r';
  }

  private void breakField() {
    problem = "text follows a closing quote";
    quoted = false;
    closingQuote = NONE;
    doubled = false;
  }

  private void beginField(int at) {
    fieldStart = at;
    quoted = false;
    doubled = false;
    closingQuote = NONE;
  }

  private void endField(int at) {
    if (fields == begins.length) {
      begins = Arrays.copyOf(begins, 2 * fields);
      ends = Arrays.copyOf(ends, 2 * fields);
      isHalved = Arrays.copyOf(isHalved, 2 * fields);
    }
    int begin = quoted ? fieldStart + 1 : fieldStart;
    int end = quoted && closingQuote != NONE ? closingQuote : at;
    if (doubled) {
      begins[fields] = halvedLength;
      halve(start + begin, start + end);
      ends[fields] = halvedLength;
    } else {
      begins[fields] = begin;
      ends[fields] = end;
    }
    isHalved[fields++] = doubled;
  }

  /** Of two quotes in a quoted field one stays. */
  private void halve(int from, int to) {
    if (halved.length - halvedLength < to - from) {
      halved = Arrays.copyOf(halved, Math.max(2 * halved.length, halvedLength + to - from));
    }
    for (int i = from; i < to; i++) {
      halved[halvedLength++] = buffer[i];
      if (buffer[i] == '"') {
        i++;
      }
    }
  }

  /**
   * Ends the record.
   *
   * @param at its line end, or that of the stream, from the record's start
   * @param next where the next one begins, in the buffer
   * @param all all its bytes and a few behind them, or-ed
   */
  private void endRecord(int at, int next, long all) {
    boolean ended = next > start + at;
    rawLength = ended && at > 0 && buffer[start + at - 1] == '\r' ? at - 1 : at;
    endField(Math.max(fieldStart, rawLength));
    position = next;
    if (rawLength > LONGEST_RECORD) {
      throw tooLong();
    }
    if ((all & Swar.HIGH_BITS) != 0 && !Utf8.isValid(buffer, start, start + rawLength)) {
      throw new NotCsv(
          "is not UTF-8: the record at line %d has bytes that no UTF-8 text has; save the file as UTF-8"
              .formatted(recordLine));
    }
  }

  /** The last record may end without a line end. */
  private boolean endStream(long all) {
    int length = limit - start;
    if (length == 0) {
      return false;
    }
    if (quoted && closingQuote == NONE) {
      problem = "a quoted field is not closed";
    } else if (quoted && closingQuote + 1 != length) {
      breakField();
    }
    endRecord(length, limit, all);
    return true;
  }

  /**
   * Reads more behind what is there of the record, which moves to the buffer's begin.
   *
   * @return false at the end of the stream
   */
  private boolean fill() throws IOException {
    int kept = limit - start;
    // Of CRLF behind the longest record, two bytes may have come.
    if (kept > LONGEST_RECORD + 2) {
      throw tooLong();
    }
    int capacity = buffer.length - Swar.PADDING;
    byte[] into = buffer;
    if (2 * kept > capacity && capacity < LARGEST_BUFFER) {
      capacity = Math.min(2 * capacity, LARGEST_BUFFER);
      into = new byte[capacity + Swar.PADDING];
    }
    System.arraycopy(buffer, start, into, 0, kept);
    buffer = into;
    start = 0;
    limit = kept;
    int read = in.readNBytes(buffer, kept, (int) Math.min(unread, capacity - kept));
    unread -= read;
    taken += read;
    limit += read;
    return read > 0;
  }

  private NotCsv tooLong() {
    return new NotCsv(
        "the record at line %d is longer than %d MiB: a quoted field there is not closed, or lines have no end"
            .formatted(recordLine, LONGEST_RECORD >> 20));
  }

  /** The stream is no CSV in UTF-8; the message goes on after the object's name. */
  public static final class NotCsv extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotCsv(String message) {
      super(message);
    }
  }
}
