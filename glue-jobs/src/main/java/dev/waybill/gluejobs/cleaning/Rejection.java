package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluetracing.TracedJob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The mark on a row that is turned away: why, for which column, and that column's raw value. A marked row goes on through
 * the later steps, which leave its mark alone, and ends in {@code quarantine/}.
 */
final class Rejection {

  static final String REASON = TracedJob.REJECT_REASON;
  static final String COLUMN = "reject_column";
  static final String VALUE = "reject_value";

  static final List<String> COLUMNS = List.of(REASON, COLUMN, VALUE);

  private Rejection() {}

  /** Adds the columns of the mark: set where the condition holds, else null. */
  static Dataset<Row> withMarks(Dataset<Row> rows, Column broken, RejectReason reason, Column value) {
    return rows.withColumns(
        Map.of(
            REASON, when(broken, lit(reason.text())),
            COLUMN, lit(null).cast("string"),
            VALUE, when(broken, value)));
  }

  /** Marks the rows that break a rule and bear no mark yet. */
  static Dataset<Row> mark(Dataset<Row> rows, List<Rule> rules) {
    Column notYet = col(REASON).isNull();
    Column reason = when(notYet.unary_$bang(), col(REASON));
    Column column = when(notYet.unary_$bang(), col(COLUMN));
    Column value = when(notYet.unary_$bang(), col(VALUE));
    for (Rule rule : rules) {
      reason = reason.when(rule.broken, lit(rule.reason.text()));
      column = column.when(rule.broken, lit(rule.column));
      value = value.when(rule.broken, rule.raw);
    }
    Map<String, Column> marks = new LinkedHashMap<>();
    marks.put(REASON, reason);
    marks.put(COLUMN, column);
    marks.put(VALUE, value);
    return rows.withColumns(marks);
  }

  /**
   * A rule of the contract.
   *
   * @param broken true, never null, for rows that break it
   * @param column names what is at fault
   * @param raw its raw value
   */
  record Rule(Column broken, RejectReason reason, String column, Column raw) {

    static Rule of(Column broken, RejectReason reason, String column) {
      return new Rule(broken, reason, column, col(column));
    }
  }
}
