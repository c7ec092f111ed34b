package dev.waybill.workflow;

import java.util.Locale;

/** What AWS charges for, one unit each. Compute is Graviton's, and Glue is 6.0. */
public enum Price {
  GLUE_DPU_HOUR,
  GLUE_FLEX_DPU_HOUR,
  GLUE_MEMORY_OPTIMIZED_DPU_HOUR,
  STATE_TRANSITION,
  LAMBDA_GB_SECOND,
  LAMBDA_REQUEST,
  XRAY_TRACE,
  S3_PUT,
  NAT_GATEWAY_HOUR,
  NAT_GATEWAY_GB,
  PUBLIC_ADDRESS_HOUR,
  INTERFACE_ENDPOINT_HOUR,
  FARGATE_VCPU_HOUR,
  FARGATE_GB_HOUR,
  DASHBOARD_MONTH,
  ALARM_METRIC_MONTH,
  METRIC_MONTH,
  LOG_GB,
  KEY_MONTH,
  DNS_ZONE_MONTH,
  ADVANCED_PARAMETER_MONTH;

  /** Its name in the file. */
  String field() {
    return name().toLowerCase(Locale.ROOT);
  }
}
