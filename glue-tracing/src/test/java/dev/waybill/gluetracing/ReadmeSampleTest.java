package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job that README shows. */
class ReadmeSampleTest {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final String BEGIN = "```java\n";

  @TempDir private Path folder;

  @Test
  void compilesAndRunsAsItStandsThere() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    Path source = folder.resolve("LargeOrders.java");
    Files.writeString(source, readme.substring(begin, readme.indexOf("```", begin)));
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
    assertThat(errors).isZero();
    Path shop = folder.resolve("shop");
    TestSpark.session()
        .range(100)
        .select(col("id").mod(5).as("customer"), col("id").multiply(2).as("total"))
        .write()
        .parquet(shop + "/orders");
    TestSpark.session().range(5).toDF("customer").write().parquet(shop + "/customers");

    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(
              folder,
              "LargeOrders",
              List.of(),
              "--shop",
              shop.toString(),
              "--otlp_endpoint",
              collector.url());

      assertThat(job.await()).as("%s", job.lines()).isZero();
      assertThat(
              attribute(
                  collector.span("join customers").getAttributesList(),
                  WaybillAttributes.stepInputRows("filter large orders").getKey()))
          .isEqualTo("49");
      assertThat(collector.names()).contains("large-orders", "read orders", "write large orders");
    }
    assertThat(TestSpark.session().read().parquet(shop + "/large-orders").count()).isEqualTo(49);
  }
}
