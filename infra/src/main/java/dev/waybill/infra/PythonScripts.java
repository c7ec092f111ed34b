package dev.waybill.infra;

import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.services.glue.CfnJob;
import software.amazon.awscdk.services.glue.ScalaSparkEtlJob;
import software.amazon.awscdk.services.s3.assets.Asset;
import software.constructs.Construct;

/**
 * The jobs that are Python scripts. Glue has one kind of Spark job for all languages: its arguments
 * say which, so these differ from the others by a script of their own and the library's module.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html">Job
 *     parameters</a>
 */
final class PythonScripts extends Construct {

  private final Map<Job, Asset> scripts = new LinkedHashMap<>();
  private final Asset module;

  PythonScripts(Construct scope, Project project, Jobs jobs) {
    super(scope, "Python");
    for (Job job : jobs.jobs()) {
      if (job.script() != null) {
        scripts.put(job, asset(job.state(), project.script(job)));
      }
    }
    this.module = scripts.isEmpty() ? null : asset("Module", project.pythonModule());
  }

  /** What the jobs must be able to read. */
  List<Asset> assets() {
    List<Asset> assets = new ArrayList<>(scripts.values());
    if (module != null) {
      assets.add(module);
    }
    return assets;
  }

  /** Makes a job run its script, if it has one. */
  void attach(Job job, ScalaSparkEtlJob deployed) {
    Asset script = scripts.get(job);
    if (script == null) {
      return;
    }
    CfnJob resource = (CfnJob) deployed.getNode().getDefaultChild();
    resource.addPropertyOverride("Command.ScriptLocation", script.getS3ObjectUrl());
    resource.addPropertyOverride("Command.PythonVersion", "3");
    resource.addPropertyOverride("DefaultArguments.--job-language", "python");
    resource.addPropertyOverride("DefaultArguments.--extra-py-files", module.getS3ObjectUrl());
    resource.addPropertyDeletionOverride("DefaultArguments.--class");
  }

  private Asset asset(String id, Path file) {
    return Asset.Builder.create(this, id).path(file.toString()).build();
  }
}
