package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.SmallSide;
import dev.waybill.gluejobs.csv.CsvSource;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.storage.StorageLevel;

/**
 * The rows that repeat another one, by their place in the file. Of many rows, whole ones are not
 * moved to find them: first a hash of each row's key tells which keys may be there twice, then the
 * rows of those alone are compared. Two keys of one hash are still two keys.
 *
 * @param few their offsets, where they are few; else empty
 * @param many {@code record_offset} long, {@code is_duplicate} true; null where they are few
 */
public record Duplicates(List<Long> few, Dataset<Row> many) {

  static final List<String> KEY =
      List.of(
          ListingColumns.HOST_NAME, ListingColumns.LAT, ListingColumns.LONG, ListingColumns.PRICE);

  /** The key's columns, for people. */
  static final String COLUMNS = String.join(", ", KEY);

  static final String IS_DUPLICATE = "is_duplicate";

  /** A list of more is better joined than written into Spark's plans. */
  private static final int LONGEST_LIST = 10_000;

  private static final String HASH = "key_hash";
  private static final String ROWS = "key_rows";
  private static final String RANK = "duplicate_rank";

  /**
   * Looks at all rows without a mark: one Spark action, two where there are many.
   *
   * @param rows as {@link StandardizeColumns} leaves them
   * @param most how many there can be
   */
  public static Duplicates find(Dataset<Row> rows, long most) {
    SparkSession spark = rows.sparkSession();
    Dataset<Row> unmarked = rows.where(not(Rejection.isMarked()));
    WindowSpec sameKey =
        Window.partitionBy(key())
            .orderBy(
                Values.wholeLong(col(ListingColumns.ID)).asc_nulls_last(),
                col(CsvSource.RAW_RECORD).asc(),
                col(CsvSource.RECORD_OFFSET).asc());
    boolean isSmall = SmallSide.isFew(spark, most);
    Dataset<Row> found =
        (isSmall ? unmarked : ofRepeatedHashes(unmarked, most))
            .withColumn(RANK, row_number().over(sameKey))
            .where(col(RANK).gt(1))
            .select(col(CsvSource.RECORD_OFFSET));
    Dataset<Row> kept = isSmall ? found : found.persist(StorageLevel.MEMORY_AND_DISK());
    int longest = (int) Math.min(LONGEST_LIST, SmallSide.few(spark));
    List<Long> first =
        kept.limit(longest + 1).collectAsList().stream().map(row -> row.getLong(0)).toList();
    return first.size() <= longest
        ? new Duplicates(first, null)
        : new Duplicates(List.of(), SmallSide.of(kept.withColumn(IS_DUPLICATE, lit(true)), most));
  }

  /** The rows whose key may be there twice. */
  private static Dataset<Row> ofRepeatedHashes(Dataset<Row> rows, long most) {
    Dataset<Row> hashed = rows.withColumn(HASH, xxhash64(key()));
    Dataset<Row> repeated =
        hashed.groupBy(HASH).agg(count(lit(1)).as(ROWS)).where(col(ROWS).gt(1)).select(HASH);
    return hashed.join(SmallSide.of(repeated, most), HASH);
  }

  /** A row's key, for people. */
  static Column text() {
    return concat_ws(", ", key());
  }

  /** As trimmed text, so that two blanks are equal. */
  private static Column[] key() {
    return KEY.stream().map(column -> Values.trimmed(col(column))).toArray(Column[]::new);
  }
}
