package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job in Scala, compiled by the compiler of Spark's Scala. */
class ScalaIT {

  private static final Path MODULE = Path.of(System.getProperty("waybill.root"), "glue-tracing");

  @TempDir private Path folder;

  @Test
  void aScalaJobUsesTheApiAsItIs() throws Exception {
    JobProcess compiler =
        JobProcess.start(
            MODULE.resolve("target/scala/scala-compiler.jar"),
            "scala.tools.nsc.Main",
            List.of(),
            "-usejavacp",
            "-Werror",
            "-d",
            folder.toString(),
            MODULE.resolve("src/test/resources/scala/ScalaOrders.scala").toString());
    assertThat(compiler.await()).as("%s", compiler.lines()).isZero();

    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(
              folder,
              "com.example.shop.ScalaOrders",
              List.of(),
              "--otlp_endpoint",
              collector.url());

      assertThat(job.await()).as("%s", job.lines()).isZero();
      Span join = collector.span("join customers");
      assertThat(
              attribute(
                  join.getAttributesList(),
                  WaybillAttributes.stepInputRows("filter large orders").getKey()))
          .isEqualTo("49");
      assertThat(attribute(join.getAttributesList(), WaybillAttributes.STEP_ROWS_OUT.getKey()))
          .isEqualTo("10");
      assertThat(collector.names()).contains("scala-orders", "sum sales", "check sum");
    }
  }
}
