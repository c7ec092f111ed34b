package dev.waybill.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A job of the pipeline: an entry of {@code workflow/jobs.json}. The workflow runs it where a
 * state's {@code JobName} is {@link #placeholder()}.
 *
 * @param name lower case with hyphens, as {@code TracedJob.start} has it; Glue knows the job by the
 *     stack's prefix and this name
 * @param mainClass {@code class} in the file: has {@code main(String[])}, in the jobs' jar; null
 *     for a script
 * @param script the path of a Python script, from the project's folder; null for a class
 * @param state the workflow's state that runs it
 * @param arguments of every run besides those that the workflow passes, with their hyphens
 * @param outputs folders of the bucket that it writes, each below {@code <folder>/run=<run id>/}
 */
public record Job(
    @JsonProperty("name") String name,
    @JsonProperty("class") String mainClass,
    @JsonProperty("script") String script,
    @JsonProperty("state") String state,
    @JsonProperty("arguments") Map<String, String> arguments,
    @JsonProperty("outputs") List<String> outputs) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern STATE = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
  private static final Pattern FOLDER = Pattern.compile("[a-z0-9][a-z0-9_-]*");

  /** What is not in the file is empty. */
  public Job {
    arguments =
        Collections.unmodifiableMap(
            arguments == null ? new LinkedHashMap<>() : new LinkedHashMap<>(arguments));
    outputs =
        Collections.unmodifiableList(
            outputs == null ? new ArrayList<>() : new ArrayList<>(outputs));
  }

  /**
   * What the workflow calls the job that is deployed for {@link #state}: {@code <state>JobName}.
   */
  public String placeholder() {
    return state + "JobName";
  }

  /** What is wrong with it, in a sentence that names the value; null where nothing is. */
  String problem() {
    if (name == null || !NAME.matcher(name).matches()) {
      return "the job name %s must be lower case words with hyphens between, such as count-orders"
          .formatted(name);
    }
    if (state == null || !STATE.matcher(state).matches()) {
      return "the job %s has the state %s, which must be letters, digits and underscores"
          .formatted(name, state);
    }
    if ((mainClass == null) == (script == null)) {
      return "the job %s must have either a class or a script".formatted(name);
    }
    if (arguments.containsValue(null) || outputs.contains(null)) {
      return "the job %s has null among its arguments or outputs".formatted(name);
    }
    for (String argument : arguments.keySet()) {
      if (!argument.startsWith("--")) {
        return "the job %s has the argument %s, which must begin with --".formatted(name, argument);
      }
    }
    for (String folder : outputs) {
      if (!FOLDER.matcher(folder).matches() || folder.equals(Jobs.INPUT)) {
        return "the job %s has the output %s, which must be a folder's name in lower case, and not %s"
            .formatted(name, folder, Jobs.INPUT);
      }
    }
    return null;
  }
}
