package io.rekindle.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.rekindle.connectors.connect.ConnectorConfig;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The part of Kafka Connect's REST API that keeps our connector going. Thread-safe. */
final class ConnectApi {

  private static final String CONNECTOR = "/connectors/" + ConnectorConfig.CONNECTOR_NAME;
  private static final JsonMapper JSON = new JsonMapper();

  private final Rest rest;

  ConnectApi(String url) {
    this.rest = new Rest(url);
  }

  void check() throws IOException {
    rest.get("/connectors");
  }

  void put(Map<String, String> config) throws IOException {
    rest.put(CONNECTOR + "/config", JSON.valueToTree(config));
  }

  /** State of the connector and its task; empty if the worker does not know it yet. */
  Optional<ConnectorStatus> status() throws IOException {
    try {
      return Optional.of(ConnectorStatus.of(rest.get(CONNECTOR + "/status")));
    } catch (Rest.Refused e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Starts again what failed of the connector. */
  void restartFailed() throws IOException {
    rest.post(
        CONNECTOR + "/restart?includeTasks=true&onlyFailed=true",
        JsonNodeFactory.instance.objectNode());
  }

  /**
   * What Kafka Connect says of the connector.
   *
   * @param state of the connector: RUNNING, FAILED, PAUSED, …
   * @param task state of its task; UNASSIGNED while it has none
   * @param trouble first line of the trace of what failed; null if nothing did
   */
  record ConnectorStatus(String state, String task, String trouble) {

    static ConnectorStatus of(JsonNode status) {
      JsonNode connector = status.path("connector");
      JsonNode task = status.path("tasks").path(0);
      String trace = task.path("trace").asText(connector.path("trace").asText(null));
      return new ConnectorStatus(
          connector.path("state").asText("UNASSIGNED"),
          task.path("state").asText("UNASSIGNED"),
          trace == null ? null : RootCause.in(trace));
    }

    boolean running() {
      return state.equals("RUNNING") && task.equals("RUNNING");
    }

    boolean failed() {
      return state.equals("FAILED") || task.equals("FAILED");
    }
  }
}
