package dev.waybill.local.xray;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Sends segment documents to an X-Ray daemon, or to a collector that listens as one does. UDP tells
 * nobody whether they came.
 *
 * @see <a href="https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html">Sending
 *     trace data to X-Ray</a>
 */
public final class DaemonClient implements AutoCloseable {

  private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";

  private final HostPort daemon;
  private final Consumer<String> warnings;
  private final DatagramSocket socket;
  private boolean warned;

  /**
   * Opens a socket.
   *
   * @param daemon where it listens, or null to send nothing
   * @param warnings takes the one sentence to say when a document can't be sent
   */
  public DaemonClient(HostPort daemon, Consumer<String> warnings) {
    this.daemon = daemon;
    this.warnings = warnings;
    try {
      this.socket = daemon == null ? null : new DatagramSocket();
    } catch (IOException e) {
      throw new UncheckedIOException("can't open a UDP socket", e);
    }
  }

  /** Sends a document, where a daemon is named. */
  public void send(JsonNode document) {
    if (daemon == null) {
      return;
    }
    byte[] datagram = (HEADER + document).getBytes(StandardCharsets.UTF_8);
    try {
      socket.send(new DatagramPacket(datagram, datagram.length, daemon.address()));
    } catch (IOException e) {
      warn(e.toString());
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }

  private synchronized void warn(String problem) {
    if (!warned) {
      warned = true;
      warnings.accept(
          "the X-Ray daemon at %s can't be sent the hops' segments (%s); the run's own folder has them"
              .formatted(daemon, problem));
    }
  }
}
