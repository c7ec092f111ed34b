package dev.waybill.local.cli;

import dev.waybill.local.Installation;
import dev.waybill.local.cli.NewProject.Language;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill new}. */
@Command(
    name = "new",
    description = {
      "Writes a small project with a pipeline of your own: one traced Spark job, its test, its workflow and its deployment.",
      "",
      "There, ./waybill run, test, watch and upload work as here, and npx cdk deploy deploys it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class NewCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description =
          "the project's folder, new or empty; its last name becomes the project's and the stack's")
  private Path folder;

  @Option(names = "--python", description = "write the job in PySpark (default: Java)")
  private boolean python;

  @Override
  public Integer call() {
    Language language = python ? Language.PYTHON : Language.JAVA;
    new NewProject(Installation.ofLauncher(), language).write(folder);
    spec.commandLine()
        .getOut()
        .printf(
            """
            %s is there. Run its job on this machine:

              cd %s
              ./waybill run %s

            Then put your own job in place of %s: README.md says how.
            """,
            folder, folder, NewProject.SAMPLE, language.job());
    return Waybill.SUCCEEDED;
  }
}
