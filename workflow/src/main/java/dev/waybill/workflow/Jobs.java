package dev.waybill.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jobs of a pipeline, in the order of {@code workflow/jobs.json}: {@code {"jobs": [...]}}. The
 * deployment and local runs read the same file.
 *
 * @param jobs at least one
 */
public record Jobs(@JsonProperty("jobs") List<Job> jobs) {

  /** Where it is, from the project's folder. */
  public static final String FILE = "workflow/jobs.json";

  /** The folder of the bucket that files come into. */
  public static final String INPUT = "input";

  /** The folder of the bucket that every pipeline writes: records and telemetry of runs. */
  public static final String RUNS = "runs";

  private static final String EMPTY =
      "it must name at least one job, as {\"jobs\": [{\"name\": ...}]}";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads a project's jobs.
   *
   * @param project the folder that has {@code workflow/}
   * @throws IllegalArgumentException where the file is missing or wrong, saying how
   */
  public static Jobs of(Path project) {
    Path file = project.resolve(FILE);
    try {
      Jobs jobs = JSON.readValue(Files.readString(file), Jobs.class);
      if (jobs == null) {
        throw new Wrong(EMPTY);
      }
      jobs.check();
      return jobs;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + " is missing: it names the pipeline's jobs");
    } catch (UnrecognizedPropertyException e) {
      throw new IllegalArgumentException(
          "%s has the unknown field %s in %s; known are %s"
              .formatted(
                  file,
                  e.getPropertyName(),
                  place(e),
                  e.getKnownPropertyIds().stream()
                      .map(String::valueOf)
                      .collect(Collectors.joining(", "))));
    } catch (IOException e) {
      throw Unreadable.of(file, e);
    } catch (Wrong e) {
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()));
    }
  }

  /** What deployment fills into the workflow, by placeholder. */
  public Map<String, String> names(Function<Job, String> name) {
    return jobs.stream().collect(Collectors.toMap(Job::placeholder, name));
  }

  /** The folders of the bucket that hold data sets, each once. */
  public List<String> outputs() {
    return jobs.stream().flatMap(job -> job.outputs().stream()).distinct().toList();
  }

  /** All folders of the bucket that jobs write. */
  public List<String> written() {
    return Stream.concat(outputs().stream(), Stream.of(RUNS)).distinct().toList();
  }

  /** For example {@code jobs[0]}. */
  private static String place(UnrecognizedPropertyException e) {
    String place =
        e.getPath().stream()
            .limit(Math.max(0, e.getPath().size() - 1))
            .map(
                part ->
                    part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
            .collect(Collectors.joining());
    return place.isEmpty() ? "its object" : place;
  }

  private void check() throws Wrong {
    if (jobs == null || jobs.isEmpty() || jobs.contains(null)) {
      throw new Wrong(EMPTY);
    }
    Set<String> names = new HashSet<>();
    Set<String> states = new HashSet<>();
    for (Job job : jobs) {
      String problem = job.problem();
      if (problem != null) {
        throw new Wrong(problem);
      }
      if (!names.add(job.name())) {
        throw new Wrong("two jobs have the name " + job.name());
      }
      if (!states.add(job.state())) {
        throw new Wrong("two jobs have the state " + job.state());
      }
    }
  }

  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    private Wrong(String message) {
      super(message);
    }
  }
}
