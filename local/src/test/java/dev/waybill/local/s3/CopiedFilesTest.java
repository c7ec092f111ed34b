package dev.waybill.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Keys;
import dev.waybill.local.s3.BucketServer.Created;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of this machine that come into the bucket without its S3 API. */
class CopiedFilesTest {

  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

  private final List<Created> created = new CopyOnWriteArrayList<>();
  @TempDir private Path folder;
  private BucketServer server;

  @BeforeEach
  void start() {
    server =
        BucketServer.start(
            HttpEndpoint.LOOPBACK,
            Keys.random(),
            "b",
            folder,
            Clock.fixed(NOW, ZoneOffset.UTC),
            created::add);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void takesACopyOfAFileThatIsNotTheFileItself(@TempDir Path elsewhere) throws Exception {
    Path file = Files.writeString(elsewhere.resolve("x.csv"), "a,b\n1,2\n");
    Path link = Files.createSymbolicLink(elsewhere.resolve("link.csv"), file);

    assertThat(server.put(link, "input/x.csv", "Root=1-a-b")).isEqualTo(8);
    Files.writeString(file, "9", StandardOpenOption.APPEND);

    Path object = folder.resolve("input/x.csv");
    assertThat(Files.isSymbolicLink(object)).isFalse();
    assertThat(object).hasContent("a,b\n1,2\n");
    assertThat(file).hasContent("a,b\n1,2\n9");
    assertThat(created)
        .containsExactly(new Created("b", "input/x.csv", 8, Etag.of(object), NOW, "Root=1-a-b"));
  }

  @Test
  void takesAFileThatItMayOnlyReadInThePlaceOfAnother(@TempDir Path elsewhere) throws Exception {
    Path first = Files.writeString(elsewhere.resolve("1.csv"), "1");
    Path second = Files.writeString(elsewhere.resolve("2.csv"), "2");
    Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(second, PosixFilePermissions.fromString("r--r--r--"));

    server.put(first, "input/x.csv", null);
    server.put(second, "input/x.csv", null);

    assertThat(folder.resolve("input/x.csv")).hasContent("2");
    assertThat(created).extracting(Created::etag).doesNotHaveDuplicates();
    assertThat(folder.resolve("input").toFile().list()).containsExactly("x.csv");
  }

  @Test
  void saysWhyItCanNotTakeAFileAndLeavesNothingOfIt(@TempDir Path elsewhere) throws Exception {
    Path gone = elsewhere.resolve("gone.csv");
    Path file = Files.writeString(elsewhere.resolve("x.csv"), "1");
    Files.writeString(folder.resolve("taken"), "");

    assertThatThrownBy(() -> server.put(gone, "input/x.csv", null))
        .hasMessage("can't read %s (no such file or directory)".formatted(gone));
    assertThatThrownBy(() -> server.put(file, "taken/x.csv", null))
        .hasMessageContaining("'taken' is no folder; 'taken/x.csv' can't be put below it");
    assertThatThrownBy(() -> server.put(file, "input/" + "n".repeat(256), null))
        .hasMessageContaining("no file can be named like this key: ");

    assertThat(folder.resolve("input")).isEmptyDirectory();
    assertThat(created).isEmpty();
  }
}
