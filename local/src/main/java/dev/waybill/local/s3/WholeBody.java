package dev.waybill.local.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A body that must have the length that its request says, and the digest that was signed. Where a
 * client breaks off, what has come looks like a whole body else.
 */
final class WholeBody extends FilterInputStream {

  private final long length;
  private final String sha256;
  private final MessageDigest digest;
  private long read;

  /** The body is not the one that was announced, or its client broke off. */
  static final class Broken extends IOException {
    private static final long serialVersionUID = 1;

    private Broken(String message, IOException cause) {
      super(message, cause);
    }
  }

  /**
   * A body.
   *
   * @param length in bytes; negative where it is not known
   * @param sha256 in hex digits, or null where it is not known
   */
  WholeBody(InputStream in, long length, String sha256) {
    super(in);
    this.length = length;
    this.sha256 = sha256;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * Reads on.
   *
   * @throws Broken at the end, where it is not the body that was announced
   */
  @Override
  public int read(byte[] into, int offset, int count) throws Broken {
    int now = readOn(into, offset, count);
    if (now < 0) {
      check();
      return now;
    }
    read += now;
    if (sha256 != null) {
      digest.update(into, offset, now);
    }
    return now;
  }

  private int readOn(byte[] into, int offset, int count) throws Broken {
    try {
      return super.read(into, offset, count);
    } catch (IOException e) {
      throw new Broken("the body does not come to its end: " + e.getMessage(), e);
    }
  }

  private void check() throws Broken {
    if (length >= 0 && read != length) {
      throw new Broken("the body has %d bytes of %d".formatted(read, length), null);
    }
    if (sha256 != null && !HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
      String hint =
          sha256.equals(SignatureV4.NO_CONTENT)
              ? ": send the header '%s: UNSIGNED-PAYLOAD' with it".formatted(SignatureV4.CONTENT)
              : "";
      throw new Broken("the body is not the one whose SHA-256 was signed" + hint, null);
    }
  }
}
