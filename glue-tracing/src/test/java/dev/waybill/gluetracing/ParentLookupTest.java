package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParentLookupTest {

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";

  private static final String MACHINE =
      """
      {"id": "m", "name": "pipeline", "origin": "AWS::StepFunctions::StateMachine", "unknown": {"field": 1},
       "subsegments": [
         {"id": "s1", "name": "CleanListings", "start_time": 1.0, "subsegments": [
           {"id": "t", "name": "Glue", "start_time": 1.1, "throttle": true, "aws": {"operation": "StartJobRun", "request_id": "r0"}},
           {"id": "c1", "name": "Glue", "start_time": 1.2, "aws": {"operation": "StartJobRun", "request_id": "r1"}}]},
         {"id": "s3", "name": "ProcessListings", "start_time": 9.0, "subsegments": [
           {"id": "c3", "name": "Glue", "start_time": 9.1, "aws": {"operation": "StartJobRun", "request_id": "r3"}}]},
         {"id": "s2", "name": "CleanListings", "start_time": 5.0, "subsegments": [
           {"id": "c2", "name": "Glue", "start_time": 5.1, "aws": {"request_id": "r2"}}]}]}
      """;

  @Test
  void findsTheCallOfThisStateAndThisAttempt() {
    assertThat(find("CleanListings", 0)).contains("glue-r1");
    assertThat(find("CleanListings", 1)).contains("glue-r2");
    assertThat(find("ProcessListings", 0)).contains("glue-r3");
  }

  @Test
  void findsNothingBeforeXRayHasTheAttempt() {
    assertThat(find("CleanListings", 2)).isEmpty();
    assertThat(find("SomethingElse", 0)).isEmpty();
    assertThat(new ParentLookup(TRACE, "CleanListings", 0).findIn(List.of())).isEmpty();
  }

  private static java.util.Optional<String> find(String state, int attempt) {
    List<JsonNode> documents = new ArrayList<>();
    documents.add(json(MACHINE));
    for (String request : List.of("r0", "r1", "r2", "r3")) {
      documents.add(
          json(
              "{\"id\": \"glue-%s\", \"aws\": {\"request_id\": \"%s\"}}"
                  .formatted(request, request)));
    }
    return new ParentLookup(TRACE, state, attempt).findIn(documents);
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
