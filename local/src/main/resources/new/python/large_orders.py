"""Keeps the large orders of a CSV file. Each step is a span of the trace, with its rows."""

import sys

from pyspark.sql import DataFrame, SparkSession, functions as F

from waybill_tracing import TracedJob

COLUMNS = ["order_id", "customer", "ordered_on", "total"]


def read(spark: SparkSession, path: str) -> DataFrame:
    orders = spark.read.option("header", True).csv(path)
    if not set(COLUMNS) <= set(orders.columns):
        # The workflow starts the job again when it fails, but not after this word.
        raise ValueError(
            f"INVALID_INPUT: {path} must have the columns {COLUMNS}, and has {orders.columns}"
        )
    return orders


def parsed(orders: DataFrame) -> DataFrame:
    totals = F.expr("try_cast(total AS DECIMAL(12, 2))")
    return orders.withColumn("total", totals).where(F.col("total").isNotNull())


def large(orders: DataFrame, least: str) -> DataFrame:
    return orders.where(F.col("total") >= F.lit(least).cast("decimal(12, 2)"))


def main(args: list[str]) -> None:
    with TracedJob.start("large-orders", args) as job:
        bucket = "s3://" + job.argument("bucket")
        least = job.argument("least_total")
        path = f"{bucket}/{job.argument('key')}"
        output = f"{bucket}/large_orders/run={job.argument('run_id')}"

        orders = job.step("read orders", lambda: read(job.spark, path))
        totals = job.step("parse totals", orders, parsed)
        kept = job.step("keep large orders", totals, lambda rows: large(rows, least))
        with job.step("write large orders"):
            kept.write.mode("overwrite").parquet(output)
        job.complete()


if __name__ == "__main__":
    main(sys.argv)
