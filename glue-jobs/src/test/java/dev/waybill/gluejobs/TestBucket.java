package dev.waybill.gluejobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A bucket in a temporary folder, and the two jobs on it. All tests share one Spark session: the
 * jobs' own builder finds it.
 */
final class TestBucket {

  static final String RUN_DATE = "2026-11-20";

  private static final String COLLECTOR = collector();

  private static final SparkSession SPARK =
      SparkSession.builder()
          .master("local[2]")
          .config("spark.ui.enabled", false)
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.hadoop.fs.s3.impl", TestS3.class.getName())
          .getOrCreate();

  private final String name = "bucket-" + UUID.randomUUID();
  private final Path folder;

  TestBucket(Path folder) {
    this.folder = folder;
    TestS3.mount(name, folder);
  }

  String name() {
    return name;
  }

  Path folder() {
    return folder;
  }

  /** The session that the jobs find. */
  SparkSession spark() {
    return SPARK;
  }

  /** Takes telemetry and forgets it. */
  private static String collector() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
      return "http://127.0.0.1:" + server.getAddress().getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts an object and runs both jobs on it. */
  Run run(String key, byte[] content, String... more) {
    clean(key, content, more);
    ProcessListings.main(arguments(key, more));
    return new Run(folder);
  }

  Run run(String key, String content, String... more) {
    return run(key, content.getBytes(StandardCharsets.UTF_8), more);
  }

  /** Puts an object and runs the first job on it. */
  Run clean(String key, byte[] content, String... more) {
    try {
      Path file = folder.resolve(key);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CleanListings.main(arguments(key, more));
    return new Run(folder);
  }

  String[] arguments(String key, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--run_id",
                "run-1",
                "--bucket",
                name,
                "--key",
                key,
                "--run_date",
                RUN_DATE,
                "--JOB_NAME",
                "test",
                "--otlp_endpoint",
                COLLECTOR));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** What a run left. */
  record Run(Path folder) {

    List<Row> rows(Output output) {
      return SPARK.read().parquet(path(output).toString()).collectAsList();
    }

    /** The rows by one of their columns. */
    Map<Object, Row> rowsBy(String column, Output output) {
      Map<Object, Row> rows = new LinkedHashMap<>();
      rows(output).forEach(row -> rows.put(row.getAs(column), row));
      return rows;
    }

    List<String> files(Output output) {
      try (var files = Files.list(path(output))) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> !name.endsWith(".crc"))
            .sorted()
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean exists(Output output) {
      return Files.exists(path(output));
    }

    com.fasterxml.jackson.databind.JsonNode record(String name) {
      try {
        return new ObjectMapper().readTree(path(Output.RUNS).resolve(name).toFile());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Path path(Output output) {
      return folder.resolve(output.folder()).resolve("run=run-1");
    }
  }
}
