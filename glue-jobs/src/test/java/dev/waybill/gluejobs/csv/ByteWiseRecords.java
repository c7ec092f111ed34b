package dev.waybill.gluejobs.csv;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What {@link CsvRecords} must read, byte by byte, by a machine of four states that one can check
 * against the text: a quoted field may hold commas, doubled quotes and line breaks; a quote inside
 * an unquoted field is text; lines end with LF or CRLF; empty lines and a byte order mark at the
 * start are skipped.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>
 */
final class ByteWiseRecords implements Closeable {

  private static final int END = -1;

  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];
  private int position;
  private int limit;
  private long line = 1;
  private long recordLine;

  private final Bytes raw = new Bytes();
  private final Bytes values = new Bytes();
  private int[] fieldEnds = new int[64];
  private int fields;
  private String problem;

  ByteWiseRecords(InputStream in) throws IOException {
    this.in = in;
    fill();
    byte[] mark = CsvRecords.BYTE_ORDER_MARK;
    if (limit >= mark.length && Arrays.equals(buffer, 0, mark.length, mark, 0, mark.length)) {
      position = mark.length;
    }
  }

  /**
   * Goes to the next record.
   *
   * @return false at the end of the stream
   * @throws CsvRecords.NotCsv where the stream is not UTF-8 or a record is longer than {@link
   *     CsvRecords#LONGEST_RECORD}
   */
  public boolean next() throws IOException {
    do {
      if (!read()) {
        return false;
      }
    } while (raw.length == 0);
    requireUtf8();
    return true;
  }

  /** The record as it stands in the file, without its line end. */
  public byte[] raw() {
    return raw.copy(0, raw.length);
  }

  /** How many fields it has. */
  public int fields() {
    return fields;
  }

  /** A field's bytes in UTF-8, without the quotes that the file has around it or doubled in it. */
  public byte[] field(int index) {
    return values.copy(index == 0 ? 0 : fieldEnds[index - 1], fieldEnds[index]);
  }

  /** Why the record can't be trusted, or null. */
  public String problem() {
    return problem;
  }

  /** The line on which the record begins, from 1. */
  public long line() {
    return recordLine;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean read() throws IOException {
    raw.length = 0;
    values.length = 0;
    fields = 0;
    problem = null;
    recordLine = line;
    State state = State.FIELD_START;
    int next = take();
    if (next == END) {
      return false;
    }
    while (next != END && !(state != State.QUOTED && endsLine(next))) {
      raw.add(next);
      state = accept(state, next);
      next = take();
    }
    if (state == State.QUOTED) {
      problem = "a quoted field is not closed";
    }
    endField();
    return true;
  }

  private State accept(State state, int next) {
    switch (state) {
      case QUOTED -> {
        if (next == '"') {
          return State.QUOTE_IN_QUOTED;
        }
        if (next == '\n') {
          line++;
        }
        values.add(next);
        return State.QUOTED;
      }
      case QUOTE_IN_QUOTED -> {
        if (next == '"') {
          values.add(next);
          return State.QUOTED;
        }
        if (next == ',') {
          endField();
          return State.FIELD_START;
        }
        problem = "text follows a closing quote";
        values.add(next);
        return State.UNQUOTED;
      }
      default -> {
        if (next == ',') {
          endField();
          return State.FIELD_START;
        }
        if (next == '"' && state == State.FIELD_START) {
          return State.QUOTED;
        }
        values.add(next);
        return State.UNQUOTED;
      }
    }
  }

  /** Whether this byte ends a line; of CRLF, the CR does, and its LF is taken with it. */
  private boolean endsLine(int next) throws IOException {
    if (next == '\r' && peek() == '\n') {
      take();
      line++;
      return true;
    }
    if (next == '\n') {
      line++;
      return true;
    }
    return false;
  }

  private void endField() {
    if (fields == fieldEnds.length) {
      fieldEnds = Arrays.copyOf(fieldEnds, 2 * fields);
    }
    fieldEnds[fields++] = values.length;
  }

  private void requireUtf8() {
    for (int i = 0; i < raw.length; i++) {
      if (raw.bytes[i] < 0) {
        decode();
        return;
      }
    }
  }

  private void decode() {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw.bytes, 0, raw.length));
    } catch (CharacterCodingException e) {
      throw new CsvRecords.NotCsv(
          "is not UTF-8: the record at line %d has bytes that no UTF-8 text has; save the file as UTF-8"
              .formatted(recordLine));
    }
  }

  private int take() throws IOException {
    int next = peek();
    position++;
    return next;
  }

  private int peek() throws IOException {
    if (position >= limit && limit != END) {
      fill();
    }
    return limit == END ? END : buffer[position] & 0xFF;
  }

  private void fill() throws IOException {
    position = 0;
    limit = in.readNBytes(buffer, 0, buffer.length);
    if (limit == 0) {
      limit = END;
    }
  }

  private enum State {
    FIELD_START,
    UNQUOTED,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  /** Bytes that grow up to {@link CsvRecords#LONGEST_RECORD}. */
  private final class Bytes {
    private byte[] bytes = new byte[1 << 10];
    private int length;

    void add(int next) {
      if (length == bytes.length) {
        if (length >= CsvRecords.LONGEST_RECORD) {
          throw new CsvRecords.NotCsv(
              "the record at line %d is longer than %d MiB: a quoted field there is not closed, or lines have no end"
                  .formatted(recordLine, CsvRecords.LONGEST_RECORD >> 20));
        }
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      bytes[length++] = (byte) next;
    }

    byte[] copy(int from, int to) {
      return Arrays.copyOfRange(bytes, from, to);
    }
  }
}
