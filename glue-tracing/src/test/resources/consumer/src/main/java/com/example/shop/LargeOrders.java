package com.example.shop;

import dev.waybill.gluetracing.TracedJob;
import org.apache.spark.sql.Dataset;

public final class LargeOrders {

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start("large-orders", args)) {
      Dataset<Long> orders = job.step("make orders", () -> job.spark().range(100));
      Dataset<Long> large = job.step("filter large orders", orders, rows -> rows.filter("id > 60"));
      job.step("count", large::count);
      job.complete();
    }
  }
}
