package dev.waybill.gluejobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A good listing's raw fields by the names of the reference file's header, to be changed for a
 * test.
 */
final class Listing {

  private static final Map<String, String> GOOD = new LinkedHashMap<>();

  static {
    GOOD.put("id", "1");
    GOOD.put("NAME", "Sunny room");
    GOOD.put("host id", "80014485718");
    GOOD.put("host_identity_verified", "verified");
    GOOD.put("host name", "Ada");
    GOOD.put("neighbourhood group", "Brooklyn");
    GOOD.put("neighbourhood", "Kensington");
    GOOD.put("lat", "40.64749");
    GOOD.put("long", "-73.97237");
    GOOD.put("country", "Iceland");
    GOOD.put("country code", "IS");
    GOOD.put("instant_bookable", "FALSE");
    GOOD.put("cancellation_policy", "strict");
    GOOD.put("room type", "Private room");
    GOOD.put("Construction year", "2010");
    GOOD.put("price", "$100 ");
    GOOD.put("service fee", "$20 ");
    GOOD.put("minimum nights", "3");
    GOOD.put("number of reviews", "9");
    GOOD.put("last review", "10/19/2021");
    GOOD.put("reviews per month", "0.25");
    GOOD.put("review rate number", "4");
    GOOD.put("calculated host listings count", "4");
    GOOD.put("availability 365", "286");
    GOOD.put("house_rules", "No smoking");
    GOOD.put("license", "");
  }

  private final Map<String, String> fields = new LinkedHashMap<>(GOOD);

  /** A listing that is like no other: its id is also its host's name. */
  static Listing of(long id) {
    return new Listing().with("id", String.valueOf(id)).with("host name", "Host " + id);
  }

  static List<String> header() {
    return new ArrayList<>(GOOD.keySet());
  }

  static String csv(Collection<Listing> listings) {
    return csv(header(), listings);
  }

  static String csv(List<String> header, Collection<Listing> listings) {
    return String.join(",", header)
        + "\n"
        + listings.stream().map(listing -> listing.record(header)).collect(Collectors.joining());
  }

  Listing with(String column, String value) {
    if (!fields.containsKey(column)) {
      throw new IllegalArgumentException(column);
    }
    fields.put(column, value);
    return this;
  }

  String field(String column) {
    return fields.get(column);
  }

  private String record(List<String> header) {
    return header.stream()
        .map(column -> '"' + fields.getOrDefault(column, "").replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(",", "", "\n"));
  }
}
