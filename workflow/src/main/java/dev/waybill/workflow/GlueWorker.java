package dev.waybill.workflow;

import java.util.Arrays;
import java.util.List;

/**
 * A type of Glue's workers for Spark jobs. G.025X is for streaming, Standard for Glue 2.0 and
 * older.
 *
 * @see <a href="https://docs.aws.amazon.com/glue/latest/dg/worker-types.html">Glue's worker
 *     types</a>
 */
public enum GlueWorker {
  G_1X(1),
  G_2X(2),
  G_4X(4),
  G_8X(8),
  G_12X(12),
  G_16X(16),
  R_1X(1),
  R_2X(2),
  R_4X(4),
  R_8X(8);

  /** Of a deployment that names no other. */
  public static final GlueWorker DEFAULT = G_1X;

  private final int dpus;

  GlueWorker(int dpus) {
    this.dpus = dpus;
  }

  /** Glue's own names, such as {@code G.1X}. */
  public static List<String> names() {
    return Arrays.stream(values()).map(GlueWorker::glueName).toList();
  }

  /**
   * That of Glue's own name.
   *
   * @throws IllegalArgumentException for a name that is none of {@link #names()}
   */
  public static GlueWorker of(String glueName) {
    return Arrays.stream(values())
        .filter(type -> type.glueName().equals(glueName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no worker type %s; there are %s".formatted(glueName, names())));
  }

  /** As Glue writes it, such as {@code G.1X}. */
  public String glueName() {
    return name().replace('_', '.');
  }

  /** The DPUs of a worker; of the R types, memory-optimized ones. */
  public int dpus() {
    return dpus;
  }

  /**
   * What an hour of its DPUs costs.
   *
   * @param flex whether the job has Glue's execution class FLEX, which only G types can have
   */
  public Price dpuHour(boolean flex) {
    if (name().startsWith("R")) {
      return Price.GLUE_MEMORY_OPTIMIZED_DPU_HOUR;
    }
    return flex ? Price.GLUE_FLEX_DPU_HOUR : Price.GLUE_DPU_HOUR;
  }
}
