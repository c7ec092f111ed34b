package dev.waybill.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that leads nowhere: it notes the first line of each request, says that it is done,
 * and refuses tunnels.
 */
final class RecordingProxy implements AutoCloseable {

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ServerSocket server;

  private RecordingProxy(ServerSocket server) {
    this.server = server;
  }

  static RecordingProxy start() throws IOException {
    RecordingProxy proxy =
        new RecordingProxy(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
    Thread thread = new Thread(proxy::serve, "recording-proxy");
    thread.setDaemon(true);
    thread.start();
    return proxy;
  }

  int port() {
    return server.getLocalPort();
  }

  /** For example {@code POST http://collector.example:4318/v1/traces HTTP/1.1}. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        new Thread(() -> answer(client), "recording-proxy-client").start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answer(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String first = line(in);
      requests.add(first);
      int length = 0;
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
        }
      }
      in.readNBytes(length);
      String status = first.startsWith("CONNECT") ? "403 Forbidden" : "200 OK";
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(status)
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException gone) {
      return;
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }
}
