package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** What a job without code is told by the command that started its JVM. */
class CommandLineTest {

  private static final String GLUE =
      "com.amazonaws.services.glue.PrepareLaunch --conf spark.executor.cores=4 --class com.example.Main"
          + " --JOB_ID j_1 --JOB_RUN_ID jr_1 --JOB_NAME orders --trace_header Root=1-5759e988-bd862e3fe1be46a994272793";

  @Test
  void gluesCommandNamesTheRunAndItsArgumentsCountBeforeTheConfiguration() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.waybill.otlp_endpoint", "http://collector:4318")
            .set("spark.waybill.JOB_RUN_ID", "of the configuration");

    JobArguments arguments = CommandLine.of(GLUE).arguments(conf);

    assertThat(arguments.require(JobArguments.JOB_NAME)).isEqualTo("orders");
    assertThat(arguments.require(JobArguments.JOB_RUN_ID)).isEqualTo("jr_1");
    assertThat(arguments.require(JobArguments.OTLP_ENDPOINT)).isEqualTo("http://collector:4318");
    assertThat(arguments.require(JobArguments.TRACE_HEADER))
        .isEqualTo("Root=1-5759e988-bd862e3fe1be46a994272793");
  }

  @Test
  void theApplicationIsThePackageOfTheJobsMainClass() {
    assertThat(CommandLine.of(GLUE).application()).isEqualTo("com.example");
    assertThat(CommandLine.of("org.example.PlainJob --shop s3://shop").application())
        .isEqualTo("org.example");
    assertThat(CommandLine.of("org.apache.spark.deploy.SparkSubmit job.py").application())
        .isEmpty();
    assertThat(CommandLine.of("").application()).isEmpty();
  }

  @Test
  void aCommandStartsTheJobOfItsMainClassOrThatOfALauncher() {
    assertThat(CommandLine.of(GLUE).starts("com.example")).isTrue();
    assertThat(CommandLine.of("org.apache.spark.deploy.SparkSubmit pyspark-shell").starts(""))
        .isTrue();
    assertThat(CommandLine.of("org.example.PlainJob --shop s3://shop").starts("org.example"))
        .isTrue();
    assertThat(CommandLine.of("org.example.Server").starts("com.example")).isFalse();
  }
}
