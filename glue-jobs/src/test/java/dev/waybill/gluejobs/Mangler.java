package dev.waybill.gluejobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/** Mangles a CSV file as people, programs and networks do: by its structure, and by its bytes. */
final class Mangler {

  /** Values that have broken readers of numbers, dates, money and text. */
  static final List<String> NASTY =
      List.of(
          "",
          " ",
          "\u00a0",
          "1e400",
          "-1e400",
          "1e-400",
          "NaN",
          "Infinity",
          "-0",
          "0x10",
          "1_000",
          "\uff10\uff11\uff12",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "2147483648",
          "99999999999999999999999999",
          "0.1e1",
          "1.",
          ".5",
          "+5",
          "1 2",
          "true",
          "yes",
          "2/30/2020",
          "1/1/0001",
          "1/1/99",
          "12/31/9999",
          "13/1/2020",
          "0000-00-00",
          "+12345-01-01",
          "2021-5-5",
          "10/19/2021 ",
          "$1,23",
          "(5)",
          "\u20ac5",
          "$",
          "$$5",
          "$9999999999.99",
          "$99999999999999",
          "-$5",
          "$1e3",
          "=cmd|' /C calc'!A0",
          "+SUM(A1)",
          "@x",
          "-1+1",
          "<script>alert(1)</script>",
          "a\0b",
          "\ufeffx",
          "\u202egnp.exe",
          "\ud83d\ude00",
          "\u674e",
          "\"",
          "\"\"",
          ",",
          "a,b",
          "a\nb",
          "a\r\nb",
          "null",
          "NULL",
          "\\N",
          "\\",
          "%00",
          "../x",
          "waybill.run_id",
          "brookln",
          "Shared room",
          "364",
          "365",
          "-5");

  private static final List<byte[]> BYTES =
      List.of(
          bytes("\""),
          bytes(","),
          bytes("\n"),
          bytes("\r"),
          bytes("\r\n"),
          bytes("\0"),
          new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
          new byte[] {(byte) 0xFF},
          new byte[] {(byte) 0xC3},
          new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
          bytes("\"\"\""),
          bytes("\\"),
          bytes("\u2028"));

  private final Random random;
  private final List<UnaryOperator<byte[]>> byBytes =
      List.of(this::flip, this::insert, this::delete, this::repeat, this::truncate);
  private final List<UnaryOperator<List<List<String>>>> byStructure =
      List.of(
          this::replaceFields,
          this::replaceFields,
          this::replaceFields,
          this::swapColumns,
          this::dropColumn,
          this::doubleColumn,
          this::renameColumn,
          this::dropField,
          this::addField,
          this::repeatRecord,
          this::shuffle,
          this::dropRecords);
  private final List<UnaryOperator<byte[]>> byEncoding =
      List.of(this::crOnly, this::crlf, this::utf16, this::gzip, this::byteOrderMarkInside);

  Mangler(Random random) {
    this.random = random;
  }

  /** One of the many files that a good one can become. */
  byte[] mangle(List<List<String>> records) {
    List<List<String>> mangled = new ArrayList<>(records.stream().map(ArrayList::new).toList());
    for (int i = random.nextInt(4); i > 0; i--) {
      mangled = pick(byStructure).apply(mangled);
    }
    byte[] file = write(mangled);
    for (int i = random.nextInt(3); i > 0; i--) {
      file = pick(byBytes).apply(file);
    }
    return random.nextInt(8) == 0 ? pick(byEncoding).apply(file) : file;
  }

  private byte[] write(List<List<String>> records) {
    StringBuilder text = new StringBuilder();
    boolean quoteAll = random.nextBoolean();
    for (List<String> record : records) {
      List<String> fields = new ArrayList<>();
      for (String field : record) {
        boolean quote = quoteAll || field.matches("(?s).*[,\"\r\n].*") && random.nextInt(20) > 0;
        fields.add(quote ? '"' + field.replace("\"", "\"\"") + '"' : field);
      }
      text.append(String.join(",", fields)).append('\n');
    }
    return bytes(text.toString());
  }

  private List<List<String>> replaceFields(List<List<String>> records) {
    for (int i = 1 + random.nextInt(20); i > 0 && records.size() > 1; i--) {
      List<String> record = records.get(1 + random.nextInt(records.size() - 1));
      if (!record.isEmpty()) {
        record.set(random.nextInt(record.size()), pick(NASTY));
      }
    }
    return records;
  }

  private List<List<String>> swapColumns(List<List<String>> records) {
    int one = random.nextInt(20);
    int other = random.nextInt(20);
    records.stream()
        .filter(record -> record.size() > Math.max(one, other))
        .forEach(record -> Collections.swap(record, one, other));
    return records;
  }

  private List<List<String>> dropColumn(List<List<String>> records) {
    int column = random.nextInt(26);
    records.stream()
        .filter(record -> record.size() > column)
        .forEach(record -> record.remove(column));
    return records;
  }

  private List<List<String>> doubleColumn(List<List<String>> records) {
    int column = random.nextInt(26);
    records.stream()
        .filter(record -> record.size() > column)
        .forEach(record -> record.add(record.get(column)));
    return records;
  }

  private List<List<String>> renameColumn(List<List<String>> records) {
    List<String> header = records.get(0);
    if (!header.isEmpty()) {
      int column = random.nextInt(header.size());
      String name = header.get(column);
      header.set(
          column,
          pick(
              List.of(
                  " " + name + " ", name.toUpperCase(), "latitude", "rejection", "", pick(NASTY))));
    }
    return records;
  }

  private List<List<String>> dropField(List<List<String>> records) {
    List<String> record = pick(records);
    if (!record.isEmpty()) {
      record.remove(random.nextInt(record.size()));
    }
    return records;
  }

  private List<List<String>> addField(List<List<String>> records) {
    pick(records).add(pick(NASTY));
    return records;
  }

  private List<List<String>> repeatRecord(List<List<String>> records) {
    records.add(new ArrayList<>(pick(records)));
    return records;
  }

  private List<List<String>> shuffle(List<List<String>> records) {
    Collections.shuffle(records.subList(Math.min(1, records.size()), records.size()), random);
    return records;
  }

  private List<List<String>> dropRecords(List<List<String>> records) {
    return new ArrayList<>(records.subList(0, 1 + random.nextInt(records.size())));
  }

  private byte[] flip(byte[] file) {
    byte[] flipped = file.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] insert(byte[] file) {
    int at = random.nextInt(file.length + 1);
    return join(Arrays.copyOf(file, at), pick(BYTES), Arrays.copyOfRange(file, at, file.length));
  }

  private byte[] delete(byte[] file) {
    int from = random.nextInt(file.length + 1);
    int to = Math.min(file.length, from + 1 + random.nextInt(40));
    return join(Arrays.copyOf(file, from), Arrays.copyOfRange(file, to, file.length));
  }

  private byte[] repeat(byte[] file) {
    int from = random.nextInt(file.length + 1);
    int to = Math.min(file.length, from + random.nextInt(400));
    return join(Arrays.copyOf(file, to), Arrays.copyOfRange(file, from, file.length));
  }

  private byte[] truncate(byte[] file) {
    return Arrays.copyOf(file, random.nextInt(file.length + 1));
  }

  private byte[] crOnly(byte[] file) {
    return text(file).replace('\n', '\r').getBytes(StandardCharsets.ISO_8859_1);
  }

  private byte[] crlf(byte[] file) {
    return text(file).replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private byte[] utf16(byte[] file) {
    return new String(file, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16);
  }

  private byte[] gzip(byte[] file) {
    var zipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(zipped)) {
      out.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zipped.toByteArray();
  }

  private byte[] byteOrderMarkInside(byte[] file) {
    int at = random.nextInt(file.length + 1);
    return join(
        Arrays.copyOf(file, at), bytes("\ufeff"), Arrays.copyOfRange(file, at, file.length));
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String text(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(byte[]... parts) {
    var joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
