"""A job that knows nothing of Waybill: counts numbers, and ends with the status that it is given."""

import sys

from pyspark.sql import SparkSession, functions

spark = SparkSession.builder.appName("plain-job").getOrCreate()
spark.range(0, 1000).groupBy(functions.col("id") % 7).count().write.parquet(sys.argv[1])
print("counted")
if len(sys.argv) > 2:
    sys.exit(int(sys.argv[2]))
