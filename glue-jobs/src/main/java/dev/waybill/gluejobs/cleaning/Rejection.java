package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluetracing.TracedJob;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The mark on a row that is turned away: a struct of why, of which column, and of that column's raw
 * value. A marked row goes on through the later steps, which leave its mark alone, and ends in
 * {@code quarantine/}.
 */
final class Rejection {

  private static final String REASON = "reject_reason";
  private static final String COLUMN = "reject_column";
  private static final String VALUE = "reject_value";

  private Rejection() {}

  /** A rule for rows that bear no mark yet, whatever else they hold. */
  static Column mark(Column broken, RejectReason reason, String column, Column raw) {
    return when(broken, markOf(reason, column, raw));
  }

  /**
   * Marks the rows that break a rule and bear no mark yet; the first rule that is broken decides.
   */
  static Dataset<Row> mark(Dataset<Row> rows, List<Rule> rules) {
    Column mark = col(TracedJob.REJECTION);
    Column found = null;
    for (Rule rule : rules) {
      Column own = markOf(rule.reason, rule.column, rule.raw);
      found = found == null ? when(rule.broken, own) : found.when(rule.broken, own);
    }
    return rows.withColumn(TracedJob.REJECTION, coalesce(mark, found));
  }

  static Column isMarked() {
    return col(TracedJob.REJECTION).isNotNull();
  }

  /** The reason in a row's mark; null on a good row. */
  static Column reason() {
    return col(TracedJob.REJECTION).getField(REASON);
  }

  /**
   * The mark as quarantine has it: {@code reject_reason}, {@code reject_column}, {@code
   * reject_value}.
   */
  static List<Column> asColumns() {
    return List.of(REASON, COLUMN, VALUE).stream()
        .map(field -> col(TracedJob.REJECTION).getField(field).as(field))
        .toList();
  }

  private static Column markOf(RejectReason reason, String column, Column raw) {
    return struct(
        lit(reason.text()).as(REASON), lit(column).cast("string").as(COLUMN), raw.as(VALUE));
  }

  /**
   * A rule of the contract.
   *
   * @param broken true for rows that break it; null counts as false
   * @param column names what is at fault
   * @param raw its raw value
   */
  record Rule(Column broken, RejectReason reason, String column, Column raw) {

    static Rule of(Column broken, RejectReason reason, String column) {
      return new Rule(broken, reason, column, col(column));
    }
  }
}
