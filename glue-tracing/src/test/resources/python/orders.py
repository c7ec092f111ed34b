"""A PySpark job that uses all that waybill_tracing has."""

import logging
import sys

from pyspark.sql import functions as F
from pyspark.sql.types import LongType
from waybill_tracing import TracedJob

log = logging.getLogger("shop.orders")
log.setLevel(logging.INFO)


def main(job):
    spark = job.spark
    job.rejection_column("rejection")
    orders = job.step("make orders", lambda: spark.range(100).select("id", (F.col("id") % 10).alias("customer")))
    checked = job.step("check orders", orders, lambda rows: rows.withColumn(
        "rejection", F.when(F.col("id") < 20, "too old")))
    good = job.step("filter good", checked, lambda rows: rows.where("rejection is null"))
    named = job.step("join customers", good, spark.range(4).toDF("customer"), lambda o, c: o.join(c, "customer"))
    united = job.step("unite", {"first": named, "second": named}, lambda first, second: first.union(second))

    @job.step("double ids")
    def doubled():
        return united.select((F.col("id") * 2).alias("id"))

    rows = doubled()
    log.warning("said before basicConfig")
    logging.basicConfig(format="as configured: %(message)s")
    with job.step("count rows"):
        log.info("counting from the step")
        assert rows.count() == 64, "64 rows"
        assert rows.schema["id"].dataType == LongType()
    job.step("write file", lambda: spark.range(3).coalesce(1).write.mode("overwrite").parquet(job.argument("folder")))
    scan = job.step("scan file", lambda: spark.read.parquet(job.argument("folder")))
    some = job.step("filter file", scan, lambda all: all.where("id > 1"))
    assert "PushedFilters: [IsNotNull(id), GreaterThan(id,1)]" in some._jdf.queryExecution().toString()
    job.step("collect file", lambda: some.collect())
    assert job.step("count file", some, lambda rows: rows.count()) == 1, "1 row"
    with job.step("after counting"):
        pass
    job.count_rows("read", 100)
    job.count_rejected("too_old", 20)
    assert job.traceparent().startswith("00-5759e988bd862e3fe1be46a994272793-")


def failing(job):
    with job.step("outer"):
        with job.step("inner"):
            try:
                {}["price"]
            except KeyError:
                log.exception("no price")
                raise


def failing_outside(job):
    raise ValueError("not in a step")


with TracedJob.start("python-orders", sys.argv) as traced:
    {"main": main, "failing": failing, "failing_outside": failing_outside}[traced.argument("what")](traced)
    traced.complete()
print("the job is done")
