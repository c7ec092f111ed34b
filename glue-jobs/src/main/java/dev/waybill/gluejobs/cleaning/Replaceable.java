package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ChangeCause;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A column of text whose values a step replaces where they are missing or can't be right.
 *
 * @param reading reads its text; null where it can't
 * @param wrong which values that were read are to go all the same, and why; the first that holds
 */
record Replaceable(String column, Column reading, Map<ChangeCause, Column> wrong) {

  private static final String READ = "_read";
  private static final String CAUSE = "_cause";

  /** A value as it was read, whether right or wrong. */
  static Column read(String column) {
    return col(column + READ);
  }

  /** A value as it was read; null where it is to be replaced. */
  static Column right(String column) {
    return when(cause(column).isNull(), read(column));
  }

  /** Reads columns, each once a row, for {@link #right} and {@link #cause}. */
  static Dataset<Row> readAll(Dataset<Row> rows, Collection<Replaceable> columns) {
    Map<String, Column> read = new LinkedHashMap<>();
    Map<String, Column> causes = new LinkedHashMap<>();
    for (Replaceable each : columns) {
      read.put(each.column + READ, each.reading);
      causes.put(each.column + CAUSE, each.findCause());
    }
    return rows.withColumns(read).withColumns(causes);
  }

  /** Drops what {@link #readAll} has added. */
  static Dataset<Row> dropRead(Dataset<Row> rows, Collection<Replaceable> columns) {
    return rows.drop(
        columns.stream()
            .flatMap(each -> Stream.of(each.column + READ, each.column + CAUSE))
            .toArray(String[]::new));
  }

  /** Why its values may be replaced. */
  List<ChangeCause> causes() {
    return Stream.concat(
            Stream.of(ChangeCause.MISSING, ChangeCause.UNREADABLE), wrong.keySet().stream())
        .toList();
  }

  /** Whether a value is to be replaced for this cause. */
  Column isFor(ChangeCause cause) {
    return cause(column).equalTo(code(cause));
  }

  /** Why a value is to be replaced, as the cause's number; null where it is right. */
  private static Column cause(String column) {
    return col(column + CAUSE);
  }

  private static Column code(ChangeCause cause) {
    return lit(cause.ordinal());
  }

  private Column findCause() {
    Column cause =
        when(
            read(column).isNull(),
            when(Values.orNull(col(column)).isNull(), code(ChangeCause.MISSING))
                .otherwise(code(ChangeCause.UNREADABLE)));
    for (Map.Entry<ChangeCause, Column> each : wrong.entrySet()) {
      cause = cause.when(each.getValue(), code(each.getKey()));
    }
    return cause;
  }
}
