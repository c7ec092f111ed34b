package dev.waybill.gluejobs.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Whole or cut, fast or byte by byte: a file has the same records. */
class CsvCutsTest {

  /** Every byte that a machine minds, and some that it does not. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(',', '"', '"', '\n', '\r', 'a', 'b', '\u00e9', '\ud83d')
        .list()
        .ofMaxSize(120)
        .map(
            all -> {
              StringBuilder text = new StringBuilder();
              all.forEach(c -> text.append(c == '\ud83d' ? "\ud83d\ude00" : String.valueOf(c)));
              return text.toString();
            });
  }

  @Property(tries = 5_000)
  void aFileIsReadAsByteByByte(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 40) int buffer)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    assertThat(Cutting.read(bytes, buffer)).isEqualTo(Cutting.readByteByByte(bytes));
  }

  @Property(tries = 5_000)
  void whereverAFileIsCutItHasTheSameRecords(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 1, max = 30) int chunk,
      @ForAll @IntRange(min = 1, max = 40) int buffer)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    List<String> records = Cutting.readByteByByte(bytes);
    assertThat(Cutting.readCut(bytes, chunk, buffer)).isEqualTo(records);
    assertThat(Cutting.cut(bytes, chunk, buffer).records()).isEqualTo(records.size());
  }

  @Test
  void aRecordLongerThanManyChunksStaysWhole() throws IOException {
    String text = "id,name\n1,\"" + "two, \"\"lines\"\"\n".repeat(50) + "\"\n2,x\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    CsvCuts cuts = Cutting.cut(bytes, 10, 8);

    assertThat(cuts.records()).isEqualTo(3);
    assertThat(cuts.rows()).isEqualTo(2);
    assertThat(cuts.pieces())
        .extracting(CsvPiece::begin)
        .containsExactly(0L, (long) text.indexOf("2,x"));
    assertThat(cuts.pieces()).extracting(CsvPiece::line).containsExactly(1L, 53L);
    assertThat(cuts.pieces()).extracting(CsvPiece::header).containsExactly(true, false);
  }

  @Test
  void anEmptyFileHasNoPieces() throws IOException {
    assertThat(Cutting.cut(new byte[0], 10, 8)).isEqualTo(new CsvCuts(List.of(), 0));
  }
}
