package dev.waybill.local.s3;

import dev.waybill.local.s3.BucketServer.Created;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Notices files that come into the bucket's folder by themselves. A file counts as arrived when two
 * looks in a row find it unchanged: one that is still being copied is not read by half.
 */
public final class InputFolder {

  private static final String INPUT = "input";
  private static final String HIDDEN = ".";

  private final String bucket;
  private final Path folder;
  private final Map<String, State> last;
  private final Map<String, State> done;

  /** Begins to watch; what is there already is left alone. */
  public InputFolder(String bucket, Path folder) {
    this.bucket = bucket;
    this.folder = folder;
    this.last = look();
    this.done = new HashMap<>(last);
  }

  /**
   * The files that have arrived since the last look.
   *
   * @param known says of a key whether it came another way and has been told of already
   */
  public List<Created> arrived(Predicate<String> known) {
    Map<String, State> now = look();
    List<Created> arrived = new ArrayList<>();
    now.forEach(
        (key, state) -> {
          if (state.equals(last.get(key)) && !state.equals(done.get(key))) {
            done.put(key, state);
            if (!known.test(key)) {
              arrived.add(new Created(bucket, key, state.size, state.etag, Instant.now(), null));
            }
          }
        });
    last.clear();
    last.putAll(now);
    done.keySet().retainAll(now.keySet());
    return arrived;
  }

  private Map<String, State> look() {
    Map<String, State> found = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve(INPUT))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (!file.getFileName().toString().startsWith(HIDDEN)) {
          note(file, found);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't look into " + folder, e);
    }
    return found;
  }

  private void note(Path file, Map<String, State> found) throws IOException {
    try {
      found.put(
          folder.relativize(file).toString().replace('\\', '/'),
          new State(Files.size(file), Etag.of(file)));
    } catch (NoSuchFileException gone) {
      found.remove(file.toString());
    }
  }

  private record State(long size, String etag) {}
}
