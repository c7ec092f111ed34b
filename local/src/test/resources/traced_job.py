"""A job that calls the library, and fails where it is given a word."""

import sys

from waybill_tracing import TracedJob

with TracedJob.start("traced-job", sys.argv) as job:
    numbers = job.step("make numbers", lambda: job.spark.range(0, 1000).toDF("id"))
    even = job.step("keep even numbers", numbers, lambda rows: rows.where("id % 2 = 0"))
    with job.step("count"):
        even.count()
        if len(sys.argv) > 1:
            raise ValueError(sys.argv[1] + " are off")
    job.complete()
