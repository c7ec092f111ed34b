package dev.waybill.gluejobs.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The result of scanning a part of a CSV file, for each state in which the text before it can end.
 * A chunk in the middle of a file can start inside a quoted field, and its own text does not tell.
 * So the scan follows all states, and {@link CsvCuts} selects one when the state is known. States
 * that become equal are merged: after the first delimiter two are left, inside and outside quotes.
 *
 * @param firstLine by entry state, the offset where the first line begins in this chunk, or -1
 * @param linesBefore by entry state, how many line feeds stand before it in this chunk
 * @param records by entry state, how many records begin in this chunk; empty lines are none
 * @param exit by entry state, the state at the chunk's end
 * @param lineFeeds all in this chunk
 * @see <a href="https://www.vldb.org/pvldb/vol13/p616-stehle.pdf">Stehle and Jacobsen: ParPaRaw,
 *     massively parallel parsing of delimiter-separated raw data</a>
 */
record ChunkScan(long[] firstLine, long[] linesBefore, long[] records, State[] exit, long lineFeeds)
    implements Serializable {

  private static final long serialVersionUID = 1;
  private static final int BUFFER = 256 << 10;

  /** Bytes behind the chunk that tell whether a line at its very end is empty. */
  private static final int AHEAD = 2;

  /** Where a byte stands, by those before it. */
  enum State {
    LINE_START,
    FIELD_START,
    UNQUOTED,
    QUOTED,
    BEHIND_QUOTE
  }

  /**
   * Scans a chunk.
   *
   * @param in from the chunk's begin on
   * @param begin the chunk's first offset in the file
   * @param end the offset behind its last
   */
  static ChunkScan of(InputStream in, long begin, long end) throws IOException {
    return of(in, begin, end, BUFFER);
  }

  /** With a buffer of this size, in bytes. */
  static ChunkScan of(InputStream in, long begin, long end, int size) throws IOException {
    Scan scan = new Scan(begin, end);
    byte[] buffer = new byte[size + AHEAD + Swar.PADDING];
    long offset = begin;
    int limit = in.readNBytes(buffer, 0, size + AHEAD);
    while (offset < end && limit > 0) {
      int length = (int) Math.min(Math.min(limit, size), end - offset);
      scan.accept(buffer, length, limit, offset);
      offset += length;
      System.arraycopy(buffer, length, buffer, 0, limit - length);
      limit -= length;
      limit += in.readNBytes(buffer, limit, size + AHEAD - limit);
    }
    return scan.end(offset);
  }

  /** The machines that are left, and what each entry state has come to. */
  private static final class Scan {

    private final long[] firstLine = new long[State.values().length];
    private final long[] linesBefore = new long[firstLine.length];
    private final long[] records = new long[firstLine.length];
    private final Machine[] machineOf = new Machine[firstLine.length];
    private final long begin;
    private final long end;
    private Machine[] machines;
    private long lineFeeds;
    private boolean begun;

    Scan(long begin, long end) {
      this.begin = begin;
      this.end = end;
      Arrays.fill(firstLine, -1);
      for (State state : State.values()) {
        machineOf[state.ordinal()] = new Machine(state, begin);
      }
      machines = machineOf.clone();
    }

    /**
     * Takes the next bytes.
     *
     * @param limit how many are there; those from length on are only to look at
     */
    void accept(byte[] bytes, int length, int limit, long offset) {
      if (!begun) {
        begun = true;
        beginLine(machineOf[State.LINE_START.ordinal()], begin, isRecord(bytes, 0, limit));
      }
      for (int scanned = 0; scanned < length; scanned += Long.BYTES) {
        long word = Swar.word(bytes, scanned, length);
        for (long marks = Swar.structural(word); marks != 0; marks &= marks - 1) {
          int index = scanned + Swar.first(marks);
          byte next = bytes[index];
          long at = offset + index;
          for (Machine machine : machines) {
            if (machine.accept(next, at) && at + 1 < end) {
              beginLine(machine, at + 1, isRecord(bytes, index + 1, limit));
            }
          }
          if (next == '\n') {
            lineFeeds++;
          }
          if (machines.length > 1) {
            merge();
          }
        }
      }
    }

    ChunkScan end(long at) {
      State[] exit = new State[firstLine.length];
      for (int entry = 0; entry < exit.length; entry++) {
        records[entry] += machineOf[entry].records;
        exit[entry] = machineOf[entry].state(at);
      }
      return new ChunkScan(firstLine, linesBefore, records, exit, lineFeeds);
    }

    private void beginLine(Machine machine, long at, boolean record) {
      if (record) {
        machine.records++;
      }
      if (machine.awaitsLine) {
        machine.awaitsLine = false;
        for (int entry = 0; entry < firstLine.length; entry++) {
          if (machineOf[entry] == machine && firstLine[entry] < 0) {
            firstLine[entry] = at;
            // The line feed that ends the line before is counted after this.
            linesBefore[entry] = at == begin ? 0 : lineFeeds + 1;
          }
        }
      }
    }

    /** Whether a line has text. */
    private static boolean isRecord(byte[] bytes, int at, int limit) {
      return at < limit
          && bytes[at] != '\n'
          && !(bytes[at] == '\r' && at + 1 < limit && bytes[at + 1] == '\n');
    }

    private void merge() {
      for (int one = 0; one < machines.length; one++) {
        for (int other = machines.length - 1; other > one; other--) {
          if (machines[one].isLike(machines[other])) {
            merge(machines[one], machines[other]);
          }
        }
      }
    }

    private void merge(Machine kept, Machine gone) {
      for (int entry = 0; entry < firstLine.length; entry++) {
        if (machineOf[entry] == gone) {
          machineOf[entry] = kept;
          records[entry] += gone.records - kept.records;
        }
      }
      kept.awaitsLine |= gone.awaitsLine;
      machines = Arrays.stream(machines).filter(each -> each != gone).toArray(Machine[]::new);
    }
  }

  /** Follows one state through delimiters. */
  private static final class Machine {

    private static final long NONE = -1;

    private boolean quoted;
    private boolean lineStart;
    private long fieldStart;
    private long closingQuote = NONE;
    private long records;
    private boolean awaitsLine = true;

    Machine(State entry, long begin) {
      quoted = entry == State.QUOTED || entry == State.BEHIND_QUOTE;
      lineStart = entry == State.LINE_START;
      fieldStart = lineStart || entry == State.FIELD_START ? begin : NONE;
      closingQuote = entry == State.BEHIND_QUOTE ? begin - 1 : NONE;
    }

    /** Takes a comma, a quote or a line feed; true where a line ends. */
    boolean accept(byte next, long at) {
      if (next == '"') {
        acceptQuote(at);
        return false;
      }
      if (quoted && closingQuote == NONE) {
        return false;
      }
      quoted = false;
      closingQuote = NONE;
      fieldStart = at + 1;
      lineStart = next == '\n';
      return lineStart;
    }

    private void acceptQuote(long at) {
      if (!quoted) {
        quoted = at == fieldStart;
      } else if (closingQuote == NONE) {
        closingQuote = at;
      } else {
        // Directly behind it, it is one of two; else text that follows a closing quote.
        quoted = at == closingQuote + 1;
        closingQuote = NONE;
      }
    }

    State state(long at) {
      if (quoted) {
        return closingQuote == NONE
            ? State.QUOTED
            : closingQuote == at - 1 ? State.BEHIND_QUOTE : State.UNQUOTED;
      }
      return fieldStart == at ? lineStart ? State.LINE_START : State.FIELD_START : State.UNQUOTED;
    }

    /** Whether both will go on in the same way. */
    boolean isLike(Machine other) {
      return quoted == other.quoted
          && closingQuote == other.closingQuote
          && (quoted || fieldStart == other.fieldStart && lineStart == other.lineStart);
    }
  }
}
