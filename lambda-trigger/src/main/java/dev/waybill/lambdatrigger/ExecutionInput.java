package dev.waybill.lambdatrigger;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What the workflow is started with: {@code workflow/pipeline.asl.json} reads these fields.
 *
 * @param runId also the execution's name, so that a repeated event starts nothing twice
 * @param runDate the day of the upload, UTC, {@code yyyy-MM-dd}
 * @param traceHeader the {@code X-Amzn-Trace-Id} that the execution is started under
 */
@JsonPropertyOrder({
  "run_id",
  "bucket",
  "key",
  "version_id",
  "etag",
  "size",
  "run_date",
  "trace_header"
})
record ExecutionInput(
    @JsonProperty("run_id") String runId,
    @JsonProperty("bucket") String bucket,
    @JsonProperty("key") String key,
    @JsonProperty("version_id") String versionId,
    @JsonProperty("etag") String etag,
    @JsonProperty("size") long size,
    @JsonProperty("run_date") String runDate,
    @JsonProperty("trace_header") String traceHeader) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An execution's name has 80 characters at most; 19 are the time, 17 the hash. */
  private static final int LONGEST_SLUG = 44;

  private static final int HASH_DIGITS = 16;

  /** Of one width, so that ids sort by time as text. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmssSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  static ExecutionInput of(Upload upload, String traceHeader) {
    return new ExecutionInput(
        runId(upload),
        upload.bucket(),
        upload.key(),
        upload.versionId(),
        upload.etag(),
        upload.size(),
        LocalDate.ofInstant(upload.time(), ZoneOffset.UTC).toString(),
        traceHeader);
  }

  /**
   * The run's id: the time of the upload, by which runs sort, the file's name for people, then a
   * hash of what identifies this very upload. The same event gives the same id, for its time is
   * when S3 finished the upload; another upload of the same file gives another one.
   */
  static String runId(Upload upload) {
    String version = upload.versionId().isEmpty() ? upload.etag() : upload.versionId();
    String identity = String.join("\0", upload.bucket(), upload.key(), version, upload.sequencer());
    return TIME.format(upload.time())
        + "-"
        + slug(upload.key())
        + "-"
        + sha256(identity).substring(0, HASH_DIGITS);
  }

  /** An object's name in ASCII letters, digits and hyphens. */
  static String slug(String key) {
    String name = key.substring(key.lastIndexOf('/') + 1).replaceAll("(?i)\\.csv$", "");
    String ascii =
        Normalizer.normalize(name, Normalizer.Form.NFD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\p{M}+", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    String slug = ascii.isEmpty() ? "file" : ascii;
    return slug.length() <= LONGEST_SLUG ? slug : slug.substring(0, LONGEST_SLUG);
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("can't write the execution input of run " + runId, e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
