package com.example.shop

import dev.waybill.gluetracing.TracedJob
import org.apache.spark.sql.Dataset
import scala.util.Using

case class Order(id: Long, customer: Long, total: Double)
case class Customer(customer: Long, name: String)
case class Sale(name: String, total: Double)

object ScalaOrders {

  def main(args: Array[String]): Unit =
    Using.resource(TracedJob.start("scala-orders", args: _*)) { job =>
      val spark = job.spark
      import spark.implicits._

      val orders = job.step("make orders", () => spark.range(100).map(id => Order(id, id % 10, id * 2.0)))
      val customers = Seq(Customer(1, "Ada"), Customer(2, "Grace")).toDS()
      val large = job.step("filter large orders", orders, (_: Dataset[Order]).filter(_.total > 100))
      val sales = job.step("join customers", large, customers,
        (o: Dataset[Order], c: Dataset[Customer]) =>
          o.joinWith(c, o("customer") === c("customer")).map { case (order, customer) =>
            Sale(customer.name, order.total)
          })
      val sum = job.step("sum sales", () => sales.map(_.total).reduce(_ + _))
      job.step[Unit]("check sum", () => require(sum > 0))
      job.countRows("sold", sales.count())
      job.complete()
    }
}
