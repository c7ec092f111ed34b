package dev.waybill.local.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Here for the help only: the launcher script runs the tests, because they build what this program
 * runs from.
 */
@Command(
    name = "test",
    description = "Builds everything and runs all tests and checks (mvn verify).",
    mixinStandardHelpOptions = true)
final class TestCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new IllegalArgumentException(
        "the tests are run by the launcher script: ./waybill " + spec.name());
  }
}
