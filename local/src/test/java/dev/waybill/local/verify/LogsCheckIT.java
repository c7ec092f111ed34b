package dev.waybill.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.Moto;
import dev.waybill.workflow.StackNames;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** Where logs are looked for, in moto's CloudWatch. */
@EnabledIfEnvironmentVariable(named = Moto.VARIABLE, matches = ".+", disabledReason = Moto.WHY)
class LogsCheckIT {

  private static final StackNames NAMES = new StackNames("Waybill");
  private static final String RUN = "20261126-101112131-listings-0a1b2c3d";

  @Test
  void withoutACollectorTheJobsLinesAreWhereGlueWritesThem(@TempDir Path folder) throws Exception {
    try (Moto moto = Moto.start(folder.resolve("moto.log"));
        CloudWatchLogsClient logs =
            moto.client(
                CloudWatchLogsClient.builder().httpClient(UrlConnectionHttpClient.create()))) {
      String printed = NAMES.glueLogs() + "/waybill-role-security/output";
      for (String group : List.of(NAMES.functionLog(), NAMES.workflowLog(), printed)) {
        Moto.createLogGroup(logs, group);
        Moto.log(logs, group, RUN);
      }

      List<Check> checks = LogsCheck.of(logs, NAMES, RUN, Instant.now().minusSeconds(60));

      assertThat(checks).allMatch(Check::holds);
      assertThat(checks).extracting(Check::what).contains("log " + printed);
      assertThat(checks).extracting(Check::what).doesNotContain("log " + NAMES.jobLogs());
    }
  }
}
