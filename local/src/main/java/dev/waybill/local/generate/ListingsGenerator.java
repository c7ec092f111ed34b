package dev.waybill.local.generate;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Writes listings files of the reference schema, with the kinds and shares of dirt that the real
 * file has: blanks, amounts as text, impossible nights and dates, doubled rows, line breaks in
 * fields, and records that lost their shape. The same rows and seed give the same file. Nothing in
 * it is of a real person or house.
 */
public final class ListingsGenerator {

  private static final String HEADER =
      "id,NAME,host id,host_identity_verified,host name,neighbourhood group,neighbourhood,lat,long,country,country code,"
          + "instant_bookable,cancellation_policy,room type,Construction year,price,service fee,minimum nights,"
          + "number of reviews,last review,reviews per month,review rate number,calculated host listings count,"
          + "availability 365,house_rules,license\r\n";

  private static final String[] HOSTS = {
    "Amara", "Björn", "Chiara", "Dmitri", "Esperança", "Farid", "Grace", "Hiroshi", "Inês", "José",
        "Kwame",
    "Łukasz", "Mei", "Nadia", "Oluwaseun", "Priya", "Quentin", "Rosa", "Søren", "Tariq", "Ursula",
        "Việt",
    "Wanda", "Ximena", "Yusuf", "Zoë", "李雷", "Мария"
  };
  private static final String[] ADJECTIVES = {
    "Sunny",
    "Quiet",
    "Cozy",
    "Spacious",
    "Bright",
    "Charming",
    "Modern",
    "Tiny",
    "Artsy",
    "Historic"
  };
  private static final String[] PLACES = {
    "loft",
    "studio",
    "room",
    "garden flat",
    "brownstone",
    "duplex",
    "attic",
    "2BR",
    "penthouse",
    "house"
  };
  private static final String[] EXTRAS = {
    "near the park",
    "by the river",
    "with roof deck",
    "close to the L train",
    "in the heart of it all",
    "✨",
    "(newly renovated)",
    "w/ private bath",
    "& great views"
  };
  private static final String[] RULES = {
    "No smoking.",
    "No pets.",
    "No parties or events.",
    "Please take off your shoes.",
    "Quiet time between 10 pm and 7 am.",
    "Check-in is after 3 pm.",
    "Treat it like your own home.",
    "Guests say \"please\" and \"thank you\"."
  };
  private static final String[][] BOROUGHS = {
    {"Manhattan", "Harlem", "East Village", "Chelsea", "Midtown", "Inwood", "Tribeca", "Chinatown"},
    {"Brooklyn", "Williamsburg", "Bushwick", "Park Slope", "Greenpoint", "Kensington", "Red Hook"},
    {"Queens", "Astoria", "Ridgewood", "Flushing", "Sunnyside"},
    {"Bronx", "Mott Haven", "Riverdale", "Fordham"},
    {"Staten Island", "St. George", "Tottenville"}
  };
  private static final double[] BOROUGH_SHARES = {0.42, 0.84, 0.96, 0.99, 1.0};
  private static final String[] ROOMS = {
    "Entire home/apt", "Private room", "Shared room", "Hotel room"
  };
  private static final double[] ROOM_SHARES = {0.55, 0.985, 0.9995, 1.0};
  private static final String[] POLICIES = {"strict", "moderate", "flexible"};

  /** Shares of rows, as counted in 4,002 rows of the real file. */
  private static final class Share {
    static final double NO_NAME = 0.014;
    static final double NO_VERIFICATION = 0.021;
    static final double NO_HOST = 0.006;
    static final double NO_BOROUGH = 0.007;
    static final double MISSPELT_BOROUGH = 0.0005;
    static final double NO_NEIGHBOURHOOD = 0.004;
    static final double NO_PLACE = 0.002;
    static final double NO_COUNTRY = 0.0125;
    static final double NO_COUNTRY_CODE = 0.02;
    static final double NO_BOOKABLE = 0.02;
    static final double NO_POLICY = 0.0125;
    static final double NO_YEAR = 0.0275;
    static final double NO_PRICE = 0.0027;
    static final double NO_FEE = 0.0012;
    static final double NO_NIGHTS = 0.021;
    static final double WRONG_NIGHTS = 0.0045;
    static final double NO_REVIEWS = 0.0015;
    static final double NO_LAST_REVIEW = 0.08;
    static final double FUTURE_REVIEW = 0.001;
    static final double NO_RATE = 0.023;
    static final double NO_COUNT = 0.0037;
    static final double NO_AVAILABILITY = 0.037;
    static final double NO_RULES = 0.55;
    static final double LINE_BREAK = 0.003;
    static final double DOUBLED = 0.002;
    static final double MALFORMED = 0.00025;
  }

  private final SplittableRandom random;

  /** Makes one; the same seed makes the same file. */
  public ListingsGenerator(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Writes a header and this many records. */
  public void write(long rows, Appendable out) throws IOException {
    out.append(HEADER);
    StringBuilder line = new StringBuilder(512);
    String previous = "";
    for (long row = 0; row < rows; row++) {
      if (row > 0 && random.nextDouble() < Share.DOUBLED) {
        line.setLength(0);
        line.append(1_001_254 + row * 552)
            .append(previous, previous.indexOf(','), previous.length());
      } else {
        record(line, row);
      }
      if (random.nextDouble() < Share.MALFORMED) {
        line.setLength(line.length() - 2);
        line.append(",misplaced\r\n");
      } else {
        previous = line.toString();
      }
      out.append(line);
    }
  }

  private void record(StringBuilder line, long row) {
    line.setLength(0);
    int borough = pick(BOROUGH_SHARES);
    String[] names = BOROUGHS[borough];
    int price = 50 + random.nextInt(1150);
    int year = 2003 + random.nextInt(20);
    int reviews = (int) Math.min(900, -28 * Math.log(1 - random.nextDouble()));
    line.append(1_001_254 + row * 552);
    text(line, blank(Share.NO_NAME) ? "" : name());
    line.append(',').append(random.nextLong(123_600_518, 98_763_129_024L));
    text(
        line,
        blank(Share.NO_VERIFICATION) ? "" : random.nextBoolean() ? "verified" : "unconfirmed");
    text(line, blank(Share.NO_HOST) ? "" : any(HOSTS));
    text(line, blank(Share.NO_BOROUGH) ? "" : borough(names[0]));
    text(line, blank(Share.NO_NEIGHBOURHOOD) ? "" : names[1 + random.nextInt(names.length - 1)]);
    place(line);
    text(line, blank(Share.NO_COUNTRY) ? "" : "United States");
    text(line, blank(Share.NO_COUNTRY_CODE) ? "" : "US");
    text(line, blank(Share.NO_BOOKABLE) ? "" : random.nextBoolean() ? "TRUE" : "FALSE");
    text(line, blank(Share.NO_POLICY) ? "" : any(POLICIES));
    text(line, ROOMS[pick(ROOM_SHARES)]);
    line.append(',');
    if (!blank(Share.NO_YEAR)) {
      line.append(year);
    }
    text(line, blank(Share.NO_PRICE) ? "" : dollars(price));
    text(line, blank(Share.NO_FEE) ? "" : dollars(price / 5));
    line.append(',');
    if (!blank(Share.NO_NIGHTS)) {
      line.append(nights());
    }
    line.append(',');
    if (!blank(Share.NO_REVIEWS)) {
      line.append(reviews);
    }
    boolean reviewed = reviews > 0 && !blank(Share.NO_LAST_REVIEW);
    line.append(',');
    if (reviewed) {
      date(line, year);
    }
    line.append(',');
    if (reviewed) {
      line.append(random.nextInt(1, 500) / 100.0);
    }
    line.append(',');
    if (!blank(Share.NO_RATE)) {
      line.append(1 + random.nextInt(5));
    }
    line.append(',');
    if (!blank(Share.NO_COUNT)) {
      line.append(1 + (int) Math.min(331, Math.pow(random.nextDouble(), -0.7) - 1));
    }
    line.append(',');
    if (!blank(Share.NO_AVAILABILITY)) {
      line.append(random.nextInt(366));
    }
    text(line, rules());
    line.append(",\r\n");
  }

  private String name() {
    return any(ADJECTIVES) + " " + any(PLACES) + ", " + any(EXTRAS);
  }

  private String borough(String name) {
    return blank(Share.MISSPELT_BOROUGH)
        ? name.replace("Brooklyn", "brookln").replace("Manhattan", "manhatan")
        : name;
  }

  private void place(StringBuilder line) {
    if (blank(Share.NO_PLACE)) {
      line.append(",,");
      return;
    }
    line.append(",40.").append(50_000 + random.nextInt(41_000));
    line.append(",-73.").append(70_000 + random.nextInt(29_000));
  }

  private static String dollars(int amount) {
    return amount < 1000 ? "$" + amount + " " : "$1," + "%03d".formatted(amount % 1000) + " ";
  }

  private int nights() {
    if (blank(Share.WRONG_NIGHTS)) {
      return random.nextBoolean() ? -random.nextInt(1, 100) : random.nextInt(365, 1_300);
    }
    return random.nextDouble() < 0.75 ? 1 + random.nextInt(5) : 30;
  }

  private void date(StringBuilder line, int year) {
    int latest = blank(Share.FUTURE_REVIEW) ? 2040 : 2022;
    int reviewed = Math.min(latest, Math.max(2012, year - 3) + random.nextInt(11));
    line.append(1 + random.nextInt(12)).append('/').append(1 + random.nextInt(28)).append('/');
    line.append(latest > 2022 ? latest : reviewed);
  }

  private String rules() {
    if (blank(Share.NO_RULES)) {
      return "";
    }
    StringBuilder rules = new StringBuilder(any(RULES));
    String between = blank(Share.LINE_BREAK) ? "\n" : " ";
    for (int more = random.nextInt(8); more > 0; more--) {
      rules.append(between).append(any(RULES));
    }
    return rules.toString();
  }

  /** A field, quoted where RFC 4180 asks for it. */
  private static void text(StringBuilder line, String value) {
    line.append(',');
    boolean quote = false;
    for (int i = 0; i < value.length() && !quote; i++) {
      char c = value.charAt(i);
      quote = c == ',' || c == '"' || c == '\n';
    }
    if (quote) {
      line.append('"').append(value.replace("\"", "\"\"")).append('"');
    } else {
      line.append(value);
    }
  }

  private boolean blank(double share) {
    return random.nextDouble() < share;
  }

  private String any(String[] values) {
    return values[random.nextInt(values.length)];
  }

  private int pick(double[] shares) {
    double at = random.nextDouble();
    int index = 0;
    while (at >= shares[index]) {
      index++;
    }
    return index;
  }
}
