package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The mark on a rejected row: a number that stands for the reason and the column at fault. Beside
 * it is that column's raw value, which only {@code quarantine/} reads. A marked row goes through
 * the later steps, which do not change its mark, and is written to {@code quarantine/}.
 */
final class Rejection {

  /** The column with the mark; null on a good row. */
  static final String MARK = "rejection";

  private static final String REASON = "reject_reason";
  private static final String COLUMN = "reject_column";
  private static final String VALUE = "reject_value";

  /** What can be at fault; a malformed record has no columns. */
  private static final List<String> COLUMNS =
      Stream.of(Stream.of((String) null, Duplicates.COLUMNS), ListingColumns.REQUIRED.stream())
          .flatMap(names -> names)
          .toList();

  /** A mark is the reason's number and, in the bits below, the column's. */
  private static final int COLUMN_BITS = 8;

  private Rejection() {}

  /**
   * Adds marks to rows that have none.
   *
   * @param broken true for rows that are rejected
   * @param raw the value at fault
   */
  static Dataset<Row> begin(Dataset<Row> rows, Column broken, RejectReason reason, Column raw) {
    Column value = when(broken, raw).as(VALUE);
    Column mark = when(broken, number(reason, null)).as(MARK);
    return rows.select(col("*"), mark, value);
  }

  /**
   * Marks the rows that break a rule and bear no mark yet; the first rule that is broken decides.
   */
  static Dataset<Row> mark(Dataset<Row> rows, List<Rule> rules) {
    Column mark = when(lit(false), lit(0));
    Column value = when(lit(false), lit(""));
    for (Rule rule : rules) {
      int number = number(rule.reason, rule.column);
      mark = mark.when(rule.broken, number);
      value = value.when(col(MARK).equalTo(number), rule.raw);
    }
    return rows.withColumn(MARK, coalesce(col(MARK), mark))
        .withColumn(VALUE, coalesce(col(VALUE), value));
  }

  /** The rows without a mark. */
  static Dataset<Row> kept(Dataset<Row> rows) {
    return once(rows).where(not(isMarked()));
  }

  /** The rows with a mark. */
  static Dataset<Row> rejected(Dataset<Row> rows) {
    return once(rows).where(isMarked());
  }

  /**
   * Keeps Spark from pushing a filter on the mark down, where it would compute the mark, and parse
   * each value, a second time. Spark does not push a filter through a non-deterministic column,
   * such as one with the partition's id.
   */
  private static Dataset<Row> once(Dataset<Row> rows) {
    Column always = spark_partition_id().geq(0);
    return rows.withColumn(MARK, when(always, col(MARK)));
  }

  static Column isMarked() {
    return col(MARK).isNotNull();
  }

  /** Whether a row is marked for this reason; null on a good row. */
  static Column isFor(RejectReason reason) {
    return shiftright(col(MARK), COLUMN_BITS).equalTo(reason.ordinal());
  }

  /**
   * The mark as quarantine has it: {@code reject_reason}, {@code reject_column}, {@code
   * reject_value}.
   */
  static List<Column> asColumns() {
    Column mark = col(MARK);
    String[] reasons =
        Arrays.stream(RejectReason.values()).map(RejectReason::text).toArray(String[]::new);
    Column column = mark.bitwiseAND((1 << COLUMN_BITS) - 1);
    return List.of(
        lit(reasons).getItem(shiftright(mark, COLUMN_BITS)).as(REASON),
        lit(COLUMNS.toArray(String[]::new)).getItem(column).as(COLUMN),
        col(VALUE));
  }

  private static int number(RejectReason reason, String column) {
    return reason.ordinal() << COLUMN_BITS | COLUMNS.indexOf(column);
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
