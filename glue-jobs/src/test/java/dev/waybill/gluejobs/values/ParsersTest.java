package dev.waybill.gluejobs.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The parsers beside others that are known to be right, on texts of their own characters. */
class ParsersTest {

  private static final int TEXTS = 200_000;

  @Test
  void blanksAreThoseThatJavasRegularExpressionsTakeForWhiteSpace() {
    Pattern whiteSpace = Pattern.compile("\\p{IsWhite_Space}");

    int[] blanks = IntStream.rangeClosed(0, Character.MAX_CODE_POINT).filter(Blank::is).toArray();

    assertThat(blanks)
        .hasSize(25)
        .containsExactly(
            IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> whiteSpace.matcher(Character.toString(c)).matches())
                .toArray());
  }

  @Test
  void blanksAreFoundAtBothEndsOfAnyText() {
    texts("a\u00e9\u200b\u2003\u3000\u00a0\u1680 \t\u20ac\uD83D\uDE00", 6)
        .forEach(
            text -> {
              byte[] bytes = bytes("x" + text + "x");
              int start = Blank.start(bytes, 1, bytes.length - 1);
              int end = Blank.end(bytes, start, bytes.length - 1);
              assertThat(new String(bytes, start, end - start, StandardCharsets.UTF_8))
                  .isEqualTo(Blank.strip(text));
            });
  }

  @Test
  void wholeNumbersAreThoseOfJavasDecimals() {
    Pattern form = Pattern.compile("[+-]?[0-9]+(\\.0+)?");
    texts("+-.0123456789", 24)
        .forEach(
            text -> {
              Long expected = null;
              if (form.matcher(text).matches()) {
                BigDecimal number = new BigDecimal(text);
                expected = number.toBigInteger().bitLength() < 64 ? number.longValueExact() : null;
              }
              byte[] bytes = bytes(text);
              assertThat(WholeNumber.parse(bytes, 0, bytes.length)).as(text).isEqualTo(expected);
            });
  }

  @Test
  void doublesAreToTheBitThoseOfJava() {
    Pattern form = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    texts("+-..e0123456789", 26)
        .forEach(
            text -> {
              Double expected = form.matcher(text).matches() ? Double.valueOf(text) : null;
              if (expected != null) {
                expected = expected.isInfinite() ? null : Double.valueOf(expected + 0.0);
              }
              byte[] bytes = bytes(text);
              assertThat(DoubleNumber.parse(bytes, 0, bytes.length)).as(text).isEqualTo(expected);
            });
  }

  @Test
  void amountsAreThoseOfTheirForm() {
    Pattern form =
        Pattern.compile(
            "([+-]?\\$?|\\$[+-])(([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\\.[0-9]*)?|\\.[0-9]+)");
    texts("+-$$,..0125 ", 12)
        .forEach(
            text -> {
              String packed = text.replace(" ", "");
              Long expected = null;
              if (form.matcher(packed).matches()) {
                BigDecimal number = new BigDecimal(packed.replaceAll("[$,]", ""));
                BigDecimal cents = number.movePointRight(2).setScale(0, RoundingMode.HALF_UP);
                expected =
                    number.signum() >= 0 && cents.precision() <= 12 ? cents.longValue() : null;
              }
              byte[] bytes = bytes(text);
              assertThat(Amount.parse(bytes, 0, bytes.length)).as(text).isEqualTo(expected);
            });
  }

  @Test
  void everyDayIsReadInEachOfItsForms() {
    DateTimeFormatter american = DateTimeFormatter.ofPattern("M/d/uuuu");
    DateTimeFormatter padded = DateTimeFormatter.ofPattern("MM/dd/uuuu");
    DateTimeFormatter shorter = DateTimeFormatter.ofPattern("M/d/uu");
    LocalDate.of(0, 1, 1)
        .datesUntil(LocalDate.of(2102, 1, 1))
        .forEach(
            day -> {
              assertThat(date(day.toString())).isEqualTo((int) day.toEpochDay());
              assertThat(date(day.format(american))).isEqualTo((int) day.toEpochDay());
              assertThat(date(day.format(padded))).isEqualTo((int) day.toEpochDay());
              if (day.getYear() / 100 == 20) {
                assertThat(date(day.format(shorter))).isEqualTo((int) day.toEpochDay());
              }
            });
  }

  @Test
  void whatWouldNotBeSeenIsShown() {
    assertThat(Visible.text("\u00a0price\u200b \u3000\u202e\n\uFEFF\u3164\uDB40\uDC41"))
        .isEqualTo("\\u00a0price\\u200b \\u3000\\u202e\\u000a\\ufeff\\u3164\\udb40\\udc41");
    assertThat(Visible.text("Café 李 e\u0301 \uD83D\uDE00 a\\b"))
        .isEqualTo("Café 李 e\u0301 \uD83D\uDE00 a\\b");
  }

  private static Integer date(String text) {
    byte[] bytes = bytes(text);
    return ReviewDate.parse(bytes, 0, bytes.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Texts of up to that many of these characters. */
  private static Stream<String> texts(String alphabet, int longest) {
    int[] characters = alphabet.codePoints().toArray();
    Random random = new Random(19);
    Supplier<String> next =
        () -> {
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(longest + 1); i > 0; i--) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
          }
          return text.toString();
        };
    return Stream.generate(next).limit(TEXTS);
  }
}
