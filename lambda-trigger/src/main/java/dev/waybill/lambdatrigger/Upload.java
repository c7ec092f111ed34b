package dev.waybill.lambdatrigger;

import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * An object that was put into the bucket, as one record of an S3 event tells of it.
 *
 * @param key decoded: in the event, a blank is {@code +} and other characters are {@code %XX} of
 *     their UTF-8
 * @param versionId empty where the bucket keeps no versions
 * @param size bytes
 * @param sequencer grows with every event of the same key
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">Event
 *     message structure</a>
 */
record Upload(
    String bucket,
    String key,
    String versionId,
    String etag,
    long size,
    String sequencer,
    Instant time) {

  static Upload of(S3EventNotificationRecord event) {
    var object = event.getS3().getObject();
    return new Upload(
        event.getS3().getBucket().getName(),
        URLDecoder.decode(object.getKey(), StandardCharsets.UTF_8),
        Objects.requireNonNullElse(object.getVersionId(), ""),
        Objects.requireNonNullElse(object.geteTag(), ""),
        Objects.requireNonNullElse(object.getSizeAsLong(), 0L),
        Objects.requireNonNullElse(object.getSequencer(), ""),
        Instant.ofEpochMilli(event.getEventTime().getMillis()));
  }
}
