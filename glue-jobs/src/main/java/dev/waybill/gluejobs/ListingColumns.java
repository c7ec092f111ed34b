package dev.waybill.gluejobs;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The columns of a listings file, by their standardized names, and those that the jobs add. */
public final class ListingColumns {

  public static final String ID = "id";
  public static final String NAME = "name";
  public static final String HOST_ID = "host_id";
  public static final String HOST_IDENTITY_VERIFIED = "host_identity_verified";
  public static final String HOST_NAME = "host_name";
  public static final String NEIGHBOURHOOD_GROUP = "neighbourhood_group";
  public static final String NEIGHBOURHOOD = "neighbourhood";
  public static final String LAT = "lat";
  public static final String LONG = "long";
  public static final String COUNTRY = "country";
  public static final String COUNTRY_CODE = "country_code";
  public static final String INSTANT_BOOKABLE = "instant_bookable";
  public static final String CANCELLATION_POLICY = "cancellation_policy";
  public static final String ROOM_TYPE = "room_type";
  public static final String CONSTRUCTION_YEAR = "construction_year";
  public static final String PRICE = "price";
  public static final String SERVICE_FEE = "service_fee";
  public static final String MINIMUM_NIGHTS = "minimum_nights";
  public static final String NUMBER_OF_REVIEWS = "number_of_reviews";
  public static final String LAST_REVIEW = "last_review";
  public static final String REVIEWS_PER_MONTH = "reviews_per_month";
  public static final String REVIEW_RATE_NUMBER = "review_rate_number";
  public static final String CALCULATED_HOST_LISTINGS_COUNT = "calculated_host_listings_count";
  public static final String AVAILABILITY_365 = "availability_365";
  public static final String HOUSE_RULES = "house_rules";
  public static final String LICENSE = "license";

  /** What processing adds. */
  public static final String MINIMUM_TOTAL_SPEND = "minimum_total_spend";

  public static final String COST_PER_NIGHT = "cost_per_night";
  public static final String EXP_RANK_PER_NEIGHBOURHOOD = "exp_rank_per_neighbourhood";
  public static final String EXP_RANK_OVERALL = "exp_rank_overall";
  public static final String RANK_OVERALL_REVIEWS = "rank_overall_reviews";
  public static final String PROP_RANK_EXP = "prop_rank_exp";
  public static final String PROP_RANK_REVIEW = "prop_rank_review";

  /** The columns that a file may have and no output does. */
  public static final Set<String> DROPPED =
      Set.of(HOST_ID, COUNTRY_CODE, AVAILABILITY_365, LICENSE);

  /** The columns that a file must have, in the order in which {@code cleaned/} has them. */
  public static final Set<String> REQUIRED =
      new LinkedHashSet<>(
          List.of(
              ID,
              NAME,
              HOST_IDENTITY_VERIFIED,
              HOST_NAME,
              NEIGHBOURHOOD_GROUP,
              NEIGHBOURHOOD,
              LAT,
              LONG,
              COUNTRY,
              INSTANT_BOOKABLE,
              CANCELLATION_POLICY,
              ROOM_TYPE,
              CONSTRUCTION_YEAR,
              PRICE,
              SERVICE_FEE,
              MINIMUM_NIGHTS,
              NUMBER_OF_REVIEWS,
              LAST_REVIEW,
              REVIEWS_PER_MONTH,
              REVIEW_RATE_NUMBER,
              CALCULATED_HOST_LISTINGS_COUNT,
              HOUSE_RULES));

  /** The columns of a file that the contract knows. */
  public static final Set<String> KNOWN =
      Stream.concat(REQUIRED.stream(), DROPPED.stream()).collect(Collectors.toUnmodifiableSet());

  /** Figures of reviews, which get the median where they are missing, and a square root each. */
  public static final List<String> REVIEW_FIGURES =
      List.of(REVIEWS_PER_MONTH, NUMBER_OF_REVIEWS, CALCULATED_HOST_LISTINGS_COUNT);

  private static final String SQUARE_ROOT_SUFFIX = "_sqrt";

  private ListingColumns() {}

  /** The column that holds the square root of another. */
  public static String squareRootOf(String column) {
    return column + SQUARE_ROOT_SUFFIX;
  }
}
