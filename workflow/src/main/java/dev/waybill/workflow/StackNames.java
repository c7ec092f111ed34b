package dev.waybill.workflow;

import java.util.Locale;

/**
 * What a deployed stack's parts are called, by its name: the deployment makes them, and {@code
 * ./waybill verify} looks for them.
 *
 * @param stack CloudFormation's name of it; also the namespace of its metrics
 */
public record StackNames(String stack) {

  /** What bucket, log groups and services bear of the stack's name. */
  public String prefix() {
    return stack.toLowerCase(Locale.ROOT);
  }

  /** The state machine. */
  public String workflow() {
    return prefix() + "-pipeline";
  }

  /** The Lambda function. */
  public String function() {
    return prefix() + "-start-pipeline";
  }

  /** By which Glue knows a job. */
  public String job(Job job) {
    return prefix() + "-" + job.name();
  }

  /** The function's log group. */
  public String functionLog() {
    return "/aws/lambda/" + function();
  }

  /** The log group of the state machine. */
  public String workflowLog() {
    return "/aws/vendedlogs/states/" + workflow();
  }

  /** The log group to which the jobs' log records are delivered. */
  public String jobLogs() {
    return "/%s/job-logs".formatted(prefix());
  }

  /** Below it are the log groups of Glue. */
  public String glueLogs() {
    return "/aws-glue/" + prefix();
  }

  /** The Glue Data Catalog's database. */
  public String database() {
    return prefix().replace('-', '_');
  }

  /** What the names of its alarms begin with. */
  public String alarms() {
    return prefix() + "-";
  }
}
