package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.services.iam.Role;

/** How what the jobs tell of themselves reaches X-Ray and CloudWatch. */
interface Telemetry {

  /** The network that jobs need for it. */
  Optional<Network> network();

  /** What every job is told. */
  Map<String, String> arguments();

  /** The groups that have a job's log records, of those that Glue writes and others. */
  List<String> logGroups(List<String> writtenByGlue);

  /** Lets a job's role send. */
  void allow(Role role);
}
