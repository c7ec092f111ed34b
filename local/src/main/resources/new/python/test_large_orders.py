import tempfile
import unittest
from pathlib import Path

from pyspark.sql import SparkSession

from jobs import large_orders


class LargeOrdersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", False)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()
        )

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def test_keeps_orders_of_the_least_total_and_more(self):
        orders = large_orders.parsed(large_orders.read(self.spark, "sample-data/orders.csv"))

        kept = [row.order_id for row in large_orders.large(orders, "100").collect()]

        self.assertEqual(["2", "4", "5", "7"], kept)

    def test_refuses_a_file_without_totals(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "orders.csv")
            file.write_text("order_id,customer\n1,Ada\n")

            with self.assertRaisesRegex(ValueError, "^INVALID_INPUT: "):
                large_orders.read(self.spark, str(file))


if __name__ == "__main__":
    unittest.main()
