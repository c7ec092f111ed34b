package dev.waybill.gluejobs.csv;

/**
 * Tells whether bytes are UTF-8.
 *
 * @see <a href="https://www.unicode.org/versions/latest/core-spec/chapter-3/#G27506">Unicode,
 *     well-formed UTF-8 byte sequences</a>
 */
final class Utf8 {

  private Utf8() {}

  /** Whether the bytes of this part are well-formed; sequences that are cut off are not. */
  static boolean isValid(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int lead = bytes[at++];
      if (lead >= 0) {
        continue;
      }
      lead &= 0xFF;
      int more = lead < 0xC2 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : -1;
      if (more < 0 || to - at < more || !isSecond(lead, bytes[at] & 0xFF)) {
        return false;
      }
      for (int i = 1; i < more; i++) {
        if (!isContinuation(bytes[at + i])) {
          return false;
        }
      }
      at += more;
    }
    return true;
  }

  /** Some leads allow only a part of the continuations: no overlong forms, no surrogates. */
  private static boolean isSecond(int lead, int second) {
    return switch (lead) {
      case 0xE0 -> second >= 0xA0 && second <= 0xBF;
      case 0xED -> second >= 0x80 && second <= 0x9F;
      case 0xF0 -> second >= 0x90 && second <= 0xBF;
      case 0xF4 -> second >= 0x80 && second <= 0x8F;
      default -> isContinuation((byte) second);
    };
  }

  private static boolean isContinuation(byte value) {
    return (value & 0xC0) == 0x80;
  }
}
