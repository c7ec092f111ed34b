package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluejobs.csv.Cutting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large files are read by several tasks; here small ones are, for they are cut as finely. */
class CutFilesTest {

  private static final String TEXT =
      "\uFEFFid,name\r\n1,\"two\r\nlines, one \"\"quoted\"\"\"\r\n\n2,5\" pipe\n3\n4,\u00e9\n5,\"open";

  @Test
  void severalTasksReadTheRecordsOfOne(@TempDir Path folder) throws Exception {
    TestBucket bucket = new TestBucket(folder);
    byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("a.csv"), bytes);
    InputObject object = new InputObject("s3://" + bucket.name() + "/a.csv", "a.csv", "", "", 0);
    SparkSession spark = SparkSession.active();

    Dataset<Row> whole = Cutting.records(spark, object, List.of("one", "two"), bytes.length, 1_000);
    List<Row> expected = whole.orderBy("record_offset").collectAsList();

    assertThat(whole.rdd().getNumPartitions()).isEqualTo(1);
    assertThat(expected)
        .extracting(row -> row.<String>getAs("raw_record"))
        .containsExactly(
            "1,\"two\r\nlines, one \"\"quoted\"\"\"", "2,5\" pipe", "3", "4,\u00e9", "5,\"open");
    assertThat(whole.select("two").collectAsList())
        .as("a query of one column")
        .extracting(row -> row.getString(0))
        .containsExactly("two\r\nlines, one \"quoted\"", "5\" pipe", null, "\u00e9", null);
    for (int chunk : List.of(5, 8, 13)) {
      Dataset<Row> cut = Cutting.records(spark, object, List.of("one", "two"), bytes.length, chunk);
      assertThat(cut.rdd().getNumPartitions()).as("chunks of %d", chunk).isGreaterThan(2);
      assertThat(cut.orderBy("record_offset").collectAsList())
          .as("chunks of %d", chunk)
          .isEqualTo(expected);
    }
  }
}
