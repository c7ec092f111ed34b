package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/** Values as the data contract reads them from text; null where it can't. */
final class Values {

  private static final String CATALOG = "waybill_values";

  private Values() {}

  /** Lets a session find the functions that read them. */
  static void register(SparkSession spark) {
    spark.conf().set("spark.sql.catalog." + CATALOG, ValueFunctions.class.getName());
  }

  /** Without the blanks around it; null where nothing is left. */
  static Column orNull(Column raw) {
    return call(ValueFunctions.TRIMMED, raw);
  }

  /** Without the blanks around it; empty where nothing is left. */
  static Column trimmed(Column raw) {
    return coalesce(orNull(raw), lit(""));
  }

  static Column wholeInt(Column raw) {
    return call(ValueFunctions.WHOLE_INT, raw);
  }

  static Column wholeLong(Column raw) {
    return call(ValueFunctions.WHOLE_LONG, raw);
  }

  static Column doubleNumber(Column raw) {
    return call(ValueFunctions.DOUBLE, raw);
  }

  static Column amount(Column raw) {
    return call(ValueFunctions.AMOUNT, raw);
  }

  static Column date(Column raw) {
    return call(ValueFunctions.DATE, raw);
  }

  static Column truthValue(Column raw) {
    return call(ValueFunctions.BOOLEAN, raw);
  }

  private static Column call(String function, Column raw) {
    return call_function(CATALOG + "." + function, raw);
  }
}
