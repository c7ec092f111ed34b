package dev.waybill.local.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Takes the {@code aws-chunked} framing off a body: {@code <hex
 * length>[;chunk-signature=…]CRLF<bytes>CRLF …}, ended by a chunk of length 0 and trailing headers.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html">Signature
 *     calculations for chunked uploads</a>
 */
final class AwsChunkedInputStream extends InputStream {

  private final InputStream in;
  private long left;
  private boolean begun;
  private boolean ended;

  AwsChunkedInputStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int read = in.read(into, offset, (int) Math.min(left, length));
    if (read < 0) {
      throw new IOException("the body ends in the middle of a chunk");
    }
    left -= read;
    return read;
  }

  private void nextChunk() throws IOException {
    if (begun) {
      line();
    }
    begun = true;
    String size = line();
    int semicolon = size.indexOf(';');
    left = length(semicolon < 0 ? size : size.substring(0, semicolon));
    if (left == 0) {
      ended = true;
      in.readAllBytes();
    }
  }

  private static long length(String hex) throws IOException {
    try {
      return Long.parseUnsignedLong(hex, 16);
    } catch (NumberFormatException e) {
      throw new IOException("the length of a chunk is '%s'".formatted(hex), e);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the body ends where a chunk should begin");
      }
      line.append((char) next);
    }
    return new String(
        line.toString().strip().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
