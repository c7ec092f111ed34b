package dev.waybill.local;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An {@code X-Amzn-Trace-Id} as AWS's services read and write it.
 *
 * @param root for example {@code 1-5759e988-bd862e3fe1be46a994272793}
 * @param parent a segment's id, or null
 */
public record TraceHeader(String root, String parent, boolean sampled) {

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

  public TraceHeader withParent(String id) {
    return new TraceHeader(root, id, sampled);
  }

  @Override
  public String toString() {
    String end = ";Sampled=" + (sampled ? "1" : "0");
    return "Root=" + root + (parent == null ? "" : ";Parent=" + parent) + end;
  }
}
