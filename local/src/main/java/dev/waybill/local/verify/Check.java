package dev.waybill.local.verify;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A check of a deployed pipeline, and its result.
 *
 * @param what in a few words
 * @param holds whether it is as it should be
 * @param found in a sentence
 * @param next what to do where it does not hold, else null
 */
public record Check(
    @JsonProperty("what") String what,
    @JsonProperty("holds") boolean holds,
    @JsonProperty("found") String found,
    @JsonProperty("next") String next) {

  static Check holds(String what, String found) {
    return new Check(what, true, found, null);
  }

  static Check fails(String what, String found, String next) {
    return new Check(what, false, found, next);
  }

  /** Holds or fails by the condition. */
  static Check of(String what, boolean holds, String found, String next) {
    return new Check(what, holds, found, holds ? null : next);
  }
}
