package dev.waybill.local.cli;

import dev.waybill.local.generate.ListingsGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill generate}. */
@Command(
    name = "generate",
    description = {
      "Writes a listings file of the reference schema, as dirty as the real ones: the same rows and seed give the same file."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class GenerateCommand implements Callable<Integer> {

  private static final int BUFFER = 1 << 20;

  @Spec private CommandSpec spec;

  @Option(names = "--rows", paramLabel = "N", required = true, description = "how many records")
  private long rows;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: 1")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "default: stdout")
  private Path output;

  @Override
  public Integer call() {
    if (rows < 0) {
      throw new ParameterException(
          spec.commandLine(), "--rows is " + rows + "; it can't be less than 0");
    }
    try (Writer out = new OutputStreamWriter(open(), StandardCharsets.UTF_8);
        Writer buffered = new java.io.BufferedWriter(out, BUFFER)) {
      new ListingsGenerator(seed).write(rows, buffered);
    } catch (IOException e) {
      if (output == null) {
        throw new StandardOutput.Lost(e);
      }
      throw new UncheckedIOException("can't write " + output, e);
    }
    return Waybill.SUCCEEDED;
  }

  private OutputStream open() throws IOException {
    return output == null ? new StandardOutput() : Files.newOutputStream(output);
  }
}
