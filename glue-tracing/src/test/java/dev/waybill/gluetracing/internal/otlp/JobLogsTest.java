package dev.waybill.gluetracing.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.gluetracing.internal.otlp.JobLogs.Levels;
import dev.waybill.gluetracing.internal.trace.JobRun;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of a job whose log is all that takes them. */
class JobLogsTest {

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";

  private final Level before = LogManager.getRootLogger().getLevel();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void logErrorsOnly() {
    Configurator.setRootLevel(Level.ERROR);
  }

  @AfterEach
  void logAsBefore() {
    Configurator.setRootLevel(before);
  }

  @ParameterizedTest
  @CsvSource({"RAISED, true", "AS_THEY_ARE, false"})
  void aLineIsPrintedWithItsTraceAndLevelsAreRaisedOnlyWhereTheyMayBe(Levels levels, boolean info)
      throws IOException {
    Logger application = LogManager.getLogger("org.example.shop.Orders");
    JobLogs logs =
        JobLogs.attach(
            LoggerProvider.noop(),
            Optional.of(
                new JobLogs.Console(
                    new PrintStream(printed, true, StandardCharsets.UTF_8), levels)),
            "org.example.shop",
            SpanContext.create(
                TRACE, "53995c3f42cd8ad8", TraceFlags.getSampled(), TraceState.getDefault()),
            run());
    try {
      assertThat(application.isInfoEnabled()).isEqualTo(info);
      application.error("out of stock");
    } finally {
      logs.detach();
    }

    JsonNode line = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
    assertThat(line.path("message").asText()).isEqualTo("out of stock");
    assertThat(line.path("xray_trace_id").asText())
        .isEqualTo("1-5759e988-bd862e3fe1be46a994272793");
    assertThat(application.isInfoEnabled()).isFalse();
  }

  private static JobRun run() {
    return new JobRun(
        "orders",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        List.of());
  }
}
