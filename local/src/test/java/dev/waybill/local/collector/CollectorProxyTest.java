package dev.waybill.local.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectorProxyTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "http_proxy", "http://user:password@192.0.2.1:3128/",
          "HTTPS_PROXY", "192.0.2.2:8080",
          "no_proxy", "own.example, .corp.example,*.lab.example");

  @ParameterizedTest
  @CsvSource({
    "http://collector.example:4318, 192.0.2.1:3128",
    "https://collector.example, 192.0.2.2:8080",
    "http://own.example:4318,",
    "http://otel.own.example:4318,",
    "http://notown.example:4318, 192.0.2.1:3128",
    "http://otel.CORP.example:4318,",
    "http://a.lab.example:4318,",
    "http://localhost:4318,",
    "http://127.0.0.1:4318,",
    "http://[::1]:4318,"
  })
  void isThatOfTheVariablesLessWhatIsExempt(String collector, String proxy) {
    assertThat(select(ENVIRONMENT, List.of(Proxy.NO_PROXY), collector)).isEqualTo(proxy);
  }

  @ParameterizedTest
  @CsvSource({"'*'", "'  '", "'://'", "http:///"})
  void isNoneWhereTheVariableNamesNone(String value) {
    String variable = value.equals("*") ? "no_proxy" : "http_proxy";

    assertThat(
            select(
                Map.of(variable, value), List.of(Proxy.NO_PROXY), "http://collector.example:4318"))
        .isNull();
  }

  @Test
  void isThatOfThePropertiesFirst() {
    Proxy ofProperties = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("192.0.2.9", 80));

    assertThat(select(ENVIRONMENT, List.of(ofProperties), "http://collector.example:4318"))
        .isEqualTo("192.0.2.9:80");
  }

  /** Host and port of the one proxy that is selected, null where none is. */
  private static String select(
      Map<String, String> environment, List<Proxy> properties, String collector) {
    ProxySelector jvm =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return properties;
          }

          @Override
          public void connectFailed(URI uri, SocketAddress proxy, IOException why) {}
        };
    List<Proxy> selected =
        new CollectorProxy(environment, jvm).select(URI.create(collector + "/v1/traces"));
    assertThat(selected).hasSize(1);
    return selected.get(0).address() instanceof InetSocketAddress address
        ? address.getHostString() + ":" + address.getPort()
        : null;
  }
}
