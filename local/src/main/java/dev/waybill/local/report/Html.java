package dev.waybill.local.report;

import java.util.List;

/** Texts and figures as a page shows them. */
final class Html {

  private Html() {}

  static String seconds(double seconds) {
    return seconds < 1 ? "%.0f ms".formatted(1000 * seconds) : "%.2f s".formatted(seconds);
  }

  static String bytes(long bytes) {
    List<String> units = List.of("B", "kB", "MB", "GB", "TB");
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.size() - 1) {
      value /= 1000;
      unit++;
    }
    return (unit == 0 ? "%.0f %s" : "%.1f %s").formatted(value, units.get(unit));
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
