package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a job's own span says of Spark. Not safe for use by several threads. */
final class SparkSummary {

  /** More lost executors than this are not named. */
  static final int LOST_EXECUTORS_KEPT = 10;

  private final List<String> lostExecutors = new ArrayList<>();
  private long stagesOmitted;
  private double secondsOmitted;
  private Duration planned = Duration.ZERO;
  private Duration committed = Duration.ZERO;

  void lost(String executor, String reason) {
    if (lostExecutors.size() < LOST_EXECUTORS_KEPT) {
      lostExecutors.add("executor %s: %s".formatted(executor, ErrorText.cut(reason.strip())));
    }
  }

  void omit(SparkStage stage) {
    stagesOmitted++;
    secondsOmitted += stage.duration().toMillis() / 1000.0;
  }

  void worked(Duration planning, Duration committing) {
    planned = planned.plus(planning);
    committed = committed.plus(committing);
  }

  List<String> lostExecutors() {
    return List.copyOf(lostExecutors);
  }

  Attributes attributes() {
    AttributesBuilder attributes = Attributes.builder();
    if (!lostExecutors.isEmpty()) {
      attributes.put(SparkAttributes.EXECUTORS_LOST, lostExecutors());
    }
    if (stagesOmitted > 0) {
      attributes
          .put(SparkAttributes.STAGES_OMITTED, stagesOmitted)
          .put(SparkAttributes.STAGES_OMITTED_SECONDS, secondsOmitted);
    }
    if (!planned.isZero()) {
      attributes.put(SparkAttributes.PLAN_TIME, planned.toMillis() / 1000.0);
    }
    if (!committed.isZero()) {
      attributes.put(SparkAttributes.COMMIT_TIME, committed.toMillis() / 1000.0);
    }
    return attributes.build();
  }
}
