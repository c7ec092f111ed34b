package dev.waybill.local;

import java.net.InetSocketAddress;

/** Where something listens; the name is looked up when it is used. */
public record HostPort(String host, int port) {

  private static final int LAST_PORT = 65_535;

  /**
   * Reads {@code HOST:PORT}.
   *
   * @param option what the user calls it
   * @throws IllegalArgumentException naming the option and the value
   */
  public static HostPort parse(String option, String value) {
    int colon = value.lastIndexOf(':');
    String port = value.substring(colon + 1);
    if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > LAST_PORT) {
      throw new IllegalArgumentException(
          "%s is '%s'; it must be HOST:PORT, for example 127.0.0.1:2000".formatted(option, value));
    }
    return new HostPort(value.substring(0, colon), Integer.parseInt(port));
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
