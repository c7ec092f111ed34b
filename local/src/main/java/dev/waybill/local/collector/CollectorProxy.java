package dev.waybill.local.collector;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxy on the way to a real collector: the one of the JVM's properties, else that of {@code
 * http_proxy} or {@code https_proxy}, less the hosts in {@code no_proxy}; none to a collector on
 * this machine.
 *
 * @see <a
 *     href="https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/net/doc-files/net-properties.html">Networking
 *     properties</a>
 */
final class CollectorProxy extends ProxySelector {

  private static final List<Proxy> NONE = List.of(Proxy.NO_PROXY);
  private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443);

  private final Map<String, String> environment;
  private final ProxySelector properties;

  CollectorProxy(Map<String, String> environment, ProxySelector properties) {
    this.environment = environment;
    this.properties = properties;
  }

  /** A client that sends to collectors. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .proxy(new CollectorProxy(System.getenv(), ProxySelector.getDefault()))
        .build();
  }

  @Override
  public List<Proxy> select(URI collector) {
    List<Proxy> ofProperties = properties.select(collector);
    if (!ofProperties.equals(NONE)
        || isLocal(collector.getHost())
        || isExempt(collector.getHost())) {
      return ofProperties;
    }
    return variable(collector.getScheme() + "_proxy")
        .flatMap(CollectorProxy::address)
        .map(address -> List.of(new Proxy(Proxy.Type.HTTP, address)))
        .orElse(NONE);
  }

  @Override
  public void connectFailed(URI collector, SocketAddress proxy, IOException why) {
    properties.connectFailed(collector, proxy, why);
  }

  private static boolean isLocal(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private boolean isExempt(String host) {
    return Stream.of(variable("no_proxy").orElse("").split(","))
        .map(entry -> entry.strip().replaceFirst("^\\*?\\.", ""))
        .anyMatch(
            entry ->
                entry.equals("*")
                    || host.equalsIgnoreCase(entry)
                    || !entry.isEmpty()
                        && host.toLowerCase(Locale.ROOT)
                            .endsWith("." + entry.toLowerCase(Locale.ROOT)));
  }

  private Optional<String> variable(String name) {
    return Stream.of(name, name.toUpperCase(Locale.ROOT))
        .map(environment::get)
        .filter(value -> value != null && !value.isBlank())
        .findFirst();
  }

  /** Of {@code http://proxy:3128}, also without the scheme. */
  private static Optional<InetSocketAddress> address(String proxy) {
    try {
      URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      int port = uri.getPort() < 0 ? PORTS.getOrDefault(uri.getScheme(), 80) : uri.getPort();
      return Optional.ofNullable(uri.getHost()).map(host -> new InetSocketAddress(host, port));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }
}
