package dev.waybill.gluejobs.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRecordsTest {

  @Test
  void takesQuotesOffAndHalvesDoubledOnes() throws IOException {
    assertThat(fields("a,\"b,c\",\"say \"\"hi\"\"\",\n"))
        .containsExactly(List.of("a", "b,c", "say \"hi\"", ""));
  }

  @Test
  void keepsLineBreaksInQuotedFieldsAndTheRawTextOfEachRecord() throws IOException {
    List<String> raw = new ArrayList<>();
    CsvRecords records = records("1,\"two\r\nlines\"\r\n2,x\n");
    while (records.next()) {
      raw.add(records.raw().toString());
    }

    assertThat(raw).containsExactly("1,\"two\r\nlines\"", "2,x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\nc,d", "\n\na,b\r\n\r\nc,d\n\n"})
  void readsTheSameRecordsWhateverEndsTheLines(String text) throws IOException {
    assertThat(fields(text)).containsExactly(List.of("a", "b"), List.of("c", "d"));
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    assertThat(fields("\uFEFFa,b\n")).containsExactly(List.of("a", "b"));
  }

  @Test
  void takesAQuoteInsideAnUnquotedFieldForText() throws IOException {
    assertThat(fields("5\" pipe,b\n")).containsExactly(List.of("5\" pipe", "b"));
  }

  @Test
  void saysThatAQuoteIsNotClosed() throws IOException {
    CsvRecords records = records("a,b\n1,\"open\n2,x\n");
    records.next();
    records.next();

    assertThat(records.problem()).isEqualTo("a quoted field is not closed");
    assertThat(records.raw().toString()).isEqualTo("1,\"open\n2,x\n");
    assertThat(records.next()).isFalse();
  }

  @Test
  void saysThatTextFollowsAClosingQuote() throws IOException {
    CsvRecords records = records("\"a\"b,c\n");
    records.next();

    assertThat(records.problem()).isEqualTo("text follows a closing quote");
  }

  @Test
  void namesTheLineThatIsNotUtf8() throws IOException {
    CsvRecords records =
        new CsvRecords(
            new ByteArrayInputStream("a\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1)));
    records.next();

    assertThatThrownBy(records::next)
        .isInstanceOf(CsvRecords.NotCsv.class)
        .hasMessage(
            "is not UTF-8: the record at line 2 has bytes that no UTF-8 text has; save the file as UTF-8");
  }

  @Test
  void refusesARecordWithoutEndBeforeItFillsTheMemory() throws IOException {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return '"';
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            java.util.Arrays.fill(into, offset, offset + length, (byte) 'x');
            into[offset] = '"';
            into[offset + length - 1] = '"';
            return length;
          }
        };

    assertThatThrownBy(() -> new CsvRecords(endless).next())
        .isInstanceOf(CsvRecords.NotCsv.class)
        .hasMessage(
            "the record at line 1 is longer than 64 MiB: a quoted field there is not closed, or lines have no end");
  }

  @Property(tries = 300)
  void readsBackWhatRfc4180Writes(@ForAll List<List<String>> rows) throws IOException {
    StringBuilder text = new StringBuilder();
    List<List<String>> written = new ArrayList<>();
    for (List<String> row : rows) {
      if (row.isEmpty()) {
        continue;
      }
      List<String> fields =
          row.stream()
              .map(
                  field ->
                      new String(field.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
              .toList();
      written.add(fields);
      text.append(
          String.join(",", fields.stream().map(f -> '"' + f.replace("\"", "\"\"") + '"').toList()));
      text.append("\r\n");
    }

    assertThat(fields(text.toString())).isEqualTo(written);
  }

  private static List<List<String>> fields(String text) throws IOException {
    List<List<String>> all = new ArrayList<>();
    CsvRecords records = records(text);
    while (records.next()) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < records.fields(); i++) {
        fields.add(records.field(i).toString());
      }
      all.add(fields);
    }
    return all;
  }

  private static CsvRecords records(String text) throws IOException {
    return new CsvRecords(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
