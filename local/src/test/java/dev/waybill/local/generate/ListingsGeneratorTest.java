package dev.waybill.local.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ListingsGeneratorTest {

  @Test
  void givesTheSameFileForTheSameSeedAndAnotherForAnother() throws IOException {
    assertThat(generate(500, 3)).isEqualTo(generate(500, 3)).isNotEqualTo(generate(500, 4));
  }

  @Test
  void writesTheHeaderAloneForNoRows() throws IOException {
    assertThat(generate(0, 1)).startsWith("id,NAME,host id,").hasLineCount(1);
  }

  @Test
  void theSampleIsWhatItsReadmeSays() throws IOException {
    Path sample = Path.of(System.getProperty("waybill.root"), "sample-data/listings.csv");

    assertThat(Files.readString(sample)).isEqualTo(generate(2_000, 7));
  }

  private static String generate(long rows, long seed) throws IOException {
    StringBuilder out = new StringBuilder();
    new ListingsGenerator(seed).write(rows, out);
    return out.toString();
  }
}
