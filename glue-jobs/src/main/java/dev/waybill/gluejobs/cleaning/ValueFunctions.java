package dev.waybill.gluejobs.cleaning;

import dev.waybill.gluejobs.CleanedListings;
import dev.waybill.gluejobs.values.Amount;
import dev.waybill.gluejobs.values.Blank;
import dev.waybill.gluejobs.values.DoubleNumber;
import dev.waybill.gluejobs.values.ReviewDate;
import dev.waybill.gluejobs.values.TruthValue;
import dev.waybill.gluejobs.values.WholeNumber;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The parsers of values as Spark functions of a text: null where they can't read it. Spark calls a
 * function's static {@code invoke} from the code that it generates, and by reflection where it
 * generates none.
 *
 * @see ScalarFunction
 */
public final class ValueFunctions implements FunctionCatalog {

  static final String TRIMMED = "trimmed";
  static final String WHOLE_INT = "whole_int";
  static final String WHOLE_LONG = "whole_long";
  static final String DOUBLE = "double_number";
  static final String AMOUNT = "amount";
  static final String DATE = "review_date";
  static final String BOOLEAN = "truth_value";

  private static final Map<String, TextFunction> ALL =
      Stream.of(
              new Trimmed(),
              new WholeInt(),
              new WholeLong(),
              new DoubleOf(),
              new AmountOf(),
              new DateOf(),
              new BooleanOf())
          .collect(Collectors.toMap(TextFunction::name, Function.identity()));

  private String name;

  @Override
  public void initialize(String name, CaseInsensitiveStringMap options) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identifier[] listFunctions(String[] namespace) {
    return ALL.keySet().stream()
        .map(function -> Identifier.of(namespace, function))
        .toArray(Identifier[]::new);
  }

  @Override
  public UnboundFunction loadFunction(Identifier id) throws NoSuchFunctionException {
    TextFunction function = ALL.get(id.name());
    if (function == null) {
      throw new NoSuchFunctionException(id);
    }
    return function;
  }

  /** Where a text's bytes are: from {@link #from} to {@link #to}. */
  private static byte[] array(UTF8String text) {
    return text.getBaseObject() instanceof byte[] array ? array : text.getBytes();
  }

  private static int from(UTF8String text) {
    return text.getBaseObject() instanceof byte[]
        ? Math.toIntExact(text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET)
        : 0;
  }

  private static int to(UTF8String text) {
    return from(text) + text.numBytes();
  }

  /** A function of one text. */
  private abstract static class TextFunction implements UnboundFunction, ScalarFunction<Object> {

    private static final long serialVersionUID = 1;

    private final String name;
    private final transient DataType type;

    TextFunction(String name, DataType type) {
      this.name = name;
      this.type = type;
    }

    @Override
    public BoundFunction bind(StructType input) {
      return this;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String description() {
      return name + "(string): " + type.simpleString();
    }

    @Override
    public DataType[] inputTypes() {
      return new DataType[] {DataTypes.StringType};
    }

    @Override
    public DataType resultType() {
      return type;
    }

    @Override
    public String canonicalName() {
      return "waybill." + name;
    }

    @Override
    public boolean equals(Object other) {
      return other != null && other.getClass() == getClass();
    }

    @Override
    public int hashCode() {
      return getClass().hashCode();
    }
  }

  /** The text without the blanks around it; null where nothing is left. */
  public static final class Trimmed extends TextFunction {
    private static final long serialVersionUID = 1;

    Trimmed() {
      super(TRIMMED, DataTypes.StringType);
    }

    public static UTF8String invoke(UTF8String text) {
      if (text == null) {
        return null;
      }
      byte[] bytes = array(text);
      int start = Blank.start(bytes, from(text), to(text));
      int end = Blank.end(bytes, start, to(text));
      if (start == end) {
        return null;
      }
      return end - start == text.numBytes()
          ? text
          : UTF8String.fromBytes(bytes, start, end - start);
    }
  }

  /** {@link WholeNumber} as an int. */
  public static final class WholeInt extends TextFunction {
    private static final long serialVersionUID = 1;

    WholeInt() {
      super(WHOLE_INT, DataTypes.IntegerType);
    }

    public static Integer invoke(UTF8String text) {
      return text == null ? null : WholeNumber.parseInt(array(text), from(text), to(text));
    }
  }

  /** {@link WholeNumber} as a long. */
  public static final class WholeLong extends TextFunction {
    private static final long serialVersionUID = 1;

    WholeLong() {
      super(WHOLE_LONG, DataTypes.LongType);
    }

    public static Long invoke(UTF8String text) {
      return text == null ? null : WholeNumber.parse(array(text), from(text), to(text));
    }
  }

  /** {@link DoubleNumber}. */
  public static final class DoubleOf extends TextFunction {
    private static final long serialVersionUID = 1;

    DoubleOf() {
      super(DOUBLE, DataTypes.DoubleType);
    }

    public static Double invoke(UTF8String text) {
      return text == null ? null : DoubleNumber.parse(array(text), from(text), to(text));
    }
  }

  /** {@link Amount} as a decimal. */
  public static final class AmountOf extends TextFunction {
    private static final long serialVersionUID = 1;

    AmountOf() {
      super(AMOUNT, CleanedListings.AMOUNT);
    }

    public static Decimal invoke(UTF8String text) {
      Long cents = text == null ? null : Amount.parse(array(text), from(text), to(text));
      return cents == null
          ? null
          : Decimal.createUnsafe(
              cents, CleanedListings.AMOUNT.precision(), CleanedListings.AMOUNT.scale());
    }
  }

  /** {@link ReviewDate} as a date. */
  public static final class DateOf extends TextFunction {
    private static final long serialVersionUID = 1;

    DateOf() {
      super(DATE, DataTypes.DateType);
    }

    public static Integer invoke(UTF8String text) {
      return text == null ? null : ReviewDate.parse(array(text), from(text), to(text));
    }
  }

  /** {@link TruthValue} as a boolean. */
  public static final class BooleanOf extends TextFunction {
    private static final long serialVersionUID = 1;

    BooleanOf() {
      super(BOOLEAN, DataTypes.BooleanType);
    }

    public static Boolean invoke(UTF8String text) {
      return text == null ? null : TruthValue.parse(array(text), from(text), to(text));
    }
  }
}
