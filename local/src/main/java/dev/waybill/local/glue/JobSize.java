package dev.waybill.local.glue;

import java.util.List;

/** What a job's JVM gets, by the size of the run's file. */
enum JobSize {

  /** What compilers, generated code and collectors save later costs more at their start. */
  SMALL(
      32L << 20,
      1_024,
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Dspark.sql.codegen.wholeStage=false",
          "-Dspark.sql.codegen.factoryMode=NO_CODEGEN")),

  /** The compiler C2 takes longer than it saves; C1 alone would get a small code cache. */
  MEDIUM(
      256L << 20,
      3_072,
      List.of("-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m", "-XX:+UseParallelGC")),

  /** Throughput is all that counts: no one waits for a pause to end. */
  LARGE(Long.MAX_VALUE, 4_096, List.of("-XX:+UseParallelGC"));

  private final long mostBytes;
  private final int heapMebibytes;
  private final List<String> options;

  JobSize(long mostBytes, int heapMebibytes, List<String> options) {
    this.mostBytes = mostBytes;
    this.heapMebibytes = heapMebibytes;
    this.options = options;
  }

  /** For a file of so many bytes. */
  static JobSize of(long bytes) {
    JobSize size = SMALL;
    while (bytes > size.mostBytes) {
      size = values()[size.ordinal() + 1];
    }
    return size;
  }

  int heapMebibytes() {
    return heapMebibytes;
  }

  /** Options of the JVM. */
  List<String> options() {
    return options;
  }
}
