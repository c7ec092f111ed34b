package dev.waybill.local;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An {@code X-Amzn-Trace-Id} as AWS's services read and write it.
 *
 * @param root for example {@code 1-5759e988-bd862e3fe1be46a994272793}
 * @param parent a segment's id, or null
 */
public record TraceHeader(String root, String parent, boolean sampled) {

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

  /** Reads a header. One that is absent or has no Root begins a sampled trace. */
  public static TraceHeader orNew(String header) {
    Map<String, String> parts =
        Stream.of((header == null ? "" : header).split(";"))
            .map(part -> part.split("=", 2))
            .filter(part -> part.length == 2)
            .collect(
                Collectors.toMap(part -> part[0].strip(), part -> part[1].strip(), (a, b) -> a));
    if (!parts.getOrDefault("Root", "").matches("1-[0-9a-f]{8}-[0-9a-f]{24}")) {
      return new TraceHeader(Ids.traceId(), null, true);
    }
    return new TraceHeader(
        parts.get("Root"), parts.get("Parent"), !"0".equals(parts.get("Sampled")));
  }

  /**
   * Reads W3C Trace Context's {@code traceparent}. X-Ray takes any trace id, also one that does not
   * begin with a time.
   *
   * @throws IllegalArgumentException naming the value, where it is none
   * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">traceparent</a>
   */
  public static TraceHeader ofTraceparent(String option, String traceparent) {
    Matcher parts = TRACEPARENT.matcher(traceparent.strip());
    if (!parts.matches() || parts.group(1).matches("0+") || parts.group(2).matches("0+")) {
      throw new IllegalArgumentException(
          "%s is '%s'; it must be a traceparent such as 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
              .formatted(option, traceparent));
    }
    String id = parts.group(1);
    return new TraceHeader(
        "1-%s-%s".formatted(id.substring(0, 8), id.substring(8)),
        parts.group(2),
        (Integer.parseInt(parts.group(3), 16) & 1) == 1);
  }

  public TraceHeader withParent(String id) {
    return new TraceHeader(root, id, sampled);
  }

  @Override
  public String toString() {
    String end = ";Sampled=" + (sampled ? "1" : "0");
    return "Root=" + root + (parent == null ? "" : ";Parent=" + parent) + end;
  }
}
