package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.gluejobs.catalog.CatalogPartitions;
import dev.waybill.gluejobs.cleaning.CleaningOptions;
import dev.waybill.gluejobs.cleaning.CleaningPipeline;
import dev.waybill.gluejobs.processing.ProcessingPipeline;
import dev.waybill.gluetracing.TracedJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the workflow passes what the jobs read, and the jobs read what the workflow passes. */
class WorkflowArgumentsTest {

  private static final Path WORKFLOW =
      Path.of(System.getProperty("waybill.root"), "workflow", "pipeline.asl.json");

  /** Of the job's definition and of Glue itself, not of the workflow. */
  private static final Set<String> NOT_THE_WORKFLOWS =
      Set.of(
          "otlp_endpoint",
          "log_group_names",
          "telemetry",
          "traceparent",
          "tracestate",
          "JOB_RUN_ID",
          RunArguments.CODE_VERSION,
          CatalogPartitions.DATABASE,
          CleaningOptions.MAX_UNREADABLE_PERCENT,
          CleaningOptions.FAIL_ON_UNREADABLE,
          CleaningOptions.WITH_SAMPLES);

  @TempDir private Path folder;

  @Test
  void areExactlyThoseThatTheJobsRead() throws IOException {
    TestBucket bucket = new TestBucket(folder);
    bucket.run("input/a.csv", Listing.csv(List.of(Listing.of(1))));

    assertThat(read("clean-listings", bucket, (job, run) -> new CleaningPipeline(job, run).run()))
        .isEqualTo(passed("CleanListings"));
    assertThat(
            read("process-listings", bucket, (job, run) -> new ProcessingPipeline(job, run).run()))
        .isEqualTo(passed("ProcessListings"));
  }

  /** Runs a job with all that the workflow passes, and tells what it asked for. */
  private static Set<String> read(
      String name, TestBucket bucket, BiConsumer<TracedJob, RunArguments> work) {
    List<String> more =
        List.of(
            "--trace_header",
                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "--execution_arn", "arn:aws:states:eu-west-1:000000000000:execution:m:run-1",
            "--state_name", "State",
            "--attempt", "0",
            "--redrive", "1");
    try (TracedJob job =
        TracedJob.start(name, bucket.arguments("input/a.csv", more.toArray(String[]::new)))) {
      work.accept(job, RunArguments.of(job.arguments()));
      job.complete();
      Set<String> asked = new TreeSet<>(job.arguments().asked());
      asked.removeAll(NOT_THE_WORKFLOWS);
      asked.removeIf(each -> each.startsWith("otel_")); // of the job's definition, too
      return asked;
    }
  }

  private static Set<String> passed(String state) throws IOException {
    JsonNode arguments =
        new ObjectMapper()
            .readTree(WORKFLOW.toFile())
            .at("/States/" + state + "/Parameters/Arguments");
    List<String> names = new ArrayList<>();
    arguments
        .properties()
        .forEach(argument -> names.add(argument.getKey().replaceAll("^--|\\.\\$$", "")));
    return new TreeSet<>(names);
  }
}
