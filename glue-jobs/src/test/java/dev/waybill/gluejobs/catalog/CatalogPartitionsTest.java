package dev.waybill.gluejobs.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.waybill.gluejobs.Contract;
import dev.waybill.gluejobs.Origin;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.RunArguments;
import dev.waybill.gluejobs.RunRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Glue is asked for, over HTTP. */
class CatalogPartitionsTest {

  private static final String NONE = "{}";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "aws.region",
          "eu-west-1",
          "aws.accessKeyId",
          "AKIATEST",
          "aws.secretAccessKey",
          "secret");

  private final Deque<String> answers = new ArrayDeque<>();
  private final List<JsonNode> asked = new ArrayList<>();
  private final List<String> signatures = new ArrayList<>();
  private HttpServer glue;
  private CatalogPartitions catalog;

  @BeforeEach
  void start() throws IOException {
    SETTINGS.forEach(System::setProperty);
    glue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    glue.createContext("/", this::answer);
    glue.start();
    String url = "http://127.0.0.1:" + glue.getAddress().getPort();
    catalog = new CatalogPartitions("waybill", new GlueCalls(Map.of(GlueCalls.ENDPOINT, url)));
  }

  @AfterEach
  void stop() {
    SETTINGS.keySet().forEach(System::clearProperty);
    glue.stop(0);
  }

  @Test
  void eachDataSetBecomesAPartitionOfItsTable() {
    catalog.add(run("cleaned", "quarantine"));

    assertThat(asked)
        .extracting(request -> request.path("TableName").asText())
        .containsExactlyInAnyOrder("cleaned", "quarantine");
    JsonNode cleaned = asked.get(asked.get(0).path("TableName").asText().equals("cleaned") ? 0 : 1);
    assertThat(cleaned.path("DatabaseName").asText()).isEqualTo("waybill");
    JsonNode partition = cleaned.at("/PartitionInputList/0");
    assertThat(partition.path("Values").toString()).isEqualTo("[\"run-1\"]");
    assertThat(partition.at("/StorageDescriptor/Location").asText())
        .isEqualTo("s3://uploads/cleaned/run=run-1/");
    assertThat(partition.at("/StorageDescriptor/Columns").findValuesAsText("Name"))
        .isEqualTo(Contract.columns(Output.CLEANED).stream().map(Contract.Column::name).toList());
    assertThat(signatures)
        .allMatch(
            each -> each.matches("AWS4-HMAC-SHA256 Credential=AKIATEST/.*/eu-west-1/glue/.*"));
  }

  @Test
  void whatAnEarlierAttemptAddedStays() {
    answers.add(
        """
        {"Errors": [{"PartitionValues": ["run-1"],
          "ErrorDetail": {"ErrorCode": "AlreadyExistsException", "ErrorMessage": "Partition already exists."}}]}
        """);

    assertThatCode(() -> catalog.add(run("cleaned"))).doesNotThrowAnyException();
  }

  @Test
  void aBusyGlueIsAskedAgain() {
    answers.add("{\"__type\": \"ThrottlingException\", \"Message\": \"Rate exceeded\"}");

    catalog.add(run("cleaned"));

    assertThat(asked).hasSize(2);
  }

  @Test
  void whatGlueRefusesFailsTheRunWithItsWords() {
    answers.add("{\"__type\": \"EntityNotFoundException\", \"Message\": \"Table not found\"}");

    assertThatThrownBy(() -> catalog.add(run("cleaned")))
        .hasMessage(
            "can't add run run-1 to the table waybill.cleaned: EntityNotFoundException: Table not found."
                + " Its data sets are complete; once the reason is gone, start the execution again");
  }

  private static RunRecord run(String... dataSets) {
    Map<String, RunRecord.DataSet> outputs = new java.util.LinkedHashMap<>();
    for (String name : dataSets) {
      outputs.put(name, new RunRecord.DataSet("s3://uploads/" + name + "/run=run-1", 1, 1, "hash"));
    }
    return RunRecord.cleaned(
        new RunArguments("run-1", "uploads", "input/a.csv", LocalDate.EPOCH),
        new Origin("", "", new Origin.Input("uploads", "input/a.csv", "", "", 1), "1"),
        new RunRecord.Rows(1, 1, null, Map.of()),
        RunRecord.Values.NONE,
        List.of(),
        outputs);
  }

  private void answer(HttpExchange exchange) throws IOException {
    assertThat(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
        .isEqualTo("AWSGlue.BatchCreatePartition");
    asked.add(new ObjectMapper().readTree(exchange.getRequestBody()));
    signatures.add(exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] text = (answers.isEmpty() ? NONE : answers.pop()).getBytes(StandardCharsets.UTF_8);
    int status = new String(text, StandardCharsets.UTF_8).contains("__type") ? 400 : 200;
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }
}
