package dev.waybill.gluejobs.csv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at eight bytes at a time: SIMD within a register.
 *
 * @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord">Determine if a
 *     word has a zero byte</a>
 */
final class Swar {

  /** How many bytes an array must have beyond those that are looked at. */
  static final int PADDING = Long.BYTES - 1;

  /** The high bit of each byte: set in the bytes of characters that are not ASCII. */
  static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH = 0x0101_0101_0101_0101L;
  private static final long COMMAS = ',' * EACH;
  private static final long QUOTES = '"' * EACH;
  private static final long LINE_FEEDS = '\n' * EACH;

  private Swar() {}

  /** Eight bytes from an index on, the first in the lowest bits; those from a limit on are 0. */
  static long word(byte[] bytes, int index, int limit) {
    long word = (long) LONGS.get(bytes, index);
    int bits = (limit - index) * Byte.SIZE;
    return bits >= Long.SIZE ? word : word & ((1L << bits) - 1);
  }

  /** The high bit of each byte that is a comma, a quote or a line feed. */
  static long structural(long word) {
    return zeros(word ^ COMMAS) | zeros(word ^ QUOTES) | zeros(word ^ LINE_FEEDS);
  }

  /** The high bit of each byte that is a line feed. */
  static long lineFeeds(long word) {
    return zeros(word ^ LINE_FEEDS);
  }

  /** The index, within its word, of the first byte that is marked. */
  static int first(long marks) {
    return Long.numberOfTrailingZeros(marks) >>> 3;
  }

  /** Exact: no byte is marked because its neighbour is zero. */
  private static long zeros(long word) {
    long low = ~HIGH_BITS;
    return ~(((word & low) + low) | word | low);
  }
}
