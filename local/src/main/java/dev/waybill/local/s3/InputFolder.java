package dev.waybill.local.s3;

import dev.waybill.local.Folders;
import dev.waybill.local.s3.BucketServer.Created;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
  private final Consumer<String> warnings;
  private Set<String> problems = Set.of();

  /**
   * Begins to watch; what is there already is left alone.
   *
   * @param warnings takes what can't be looked at, once each
   */
  public InputFolder(String bucket, Path folder, Consumer<String> warnings) {
    this.bucket = bucket;
    this.folder = folder;
    this.warnings = warnings;
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
              arrived.add(state.created(bucket, key));
            }
          }
        });
    last.clear();
    last.putAll(now);
    done.keySet().retainAll(now.keySet());
    return arrived;
  }

  /**
   * A file that is there already, as if it had just arrived.
   *
   * @throws IOException where it is gone
   */
  public static Created created(String bucket, Path folder, String key) throws IOException {
    return State.of(Files.readAttributes(folder.resolve(key), BasicFileAttributes.class))
        .created(bucket, key);
  }

  /** Files and folders may go while it looks, or be closed to it: it goes on with the others. */
  private Map<String, State> look() {
    Map<String, State> found = new HashMap<>();
    Set<String> unseen = new TreeSet<>();
    Folders.visit(
        folder.resolve(INPUT),
        (file, attributes) -> {
          if (attributes.isRegularFile() && !file.getFileName().toString().startsWith(HIDDEN)) {
            found.put(folder.relativize(file).toString().replace('\\', '/'), State.of(attributes));
          }
        },
        (file, problem) ->
            unseen.add("can't look into %s (%s): files there do not run".formatted(file, problem)));
    unseen.stream().filter(problem -> !problems.contains(problem)).forEach(warnings);
    problems = unseen;
    return found;
  }

  private record State(long size, String etag) {

    static State of(BasicFileAttributes file) {
      return new State(file.size(), Etag.of(file));
    }

    Created created(String bucket, String key) {
      return new Created(bucket, key, size, etag, Instant.now(), null);
    }
  }
}
