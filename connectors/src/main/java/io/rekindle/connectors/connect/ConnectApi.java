package io.rekindle.connectors.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.rekindle.platform.jdbc.ConnectionFailure;
import io.rekindle.platform.rest.RestClient;
import io.rekindle.platform.rest.RootCause;
import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Creates, checks and restarts the connector by Kafka Connect's REST API. Thread-safe. */
public final class ConnectApi {

  private static final String CONNECTOR = "/connectors/" + ConnectorConfig.CONNECTOR_NAME;
  private static final JsonMapper JSON = new JsonMapper();

  private final RestClient rest;

  /**
   * @param url base URL of the worker, without a slash at the end
   */
  public ConnectApi(String url) {
    this.rest = new RestClient(url);
  }

  /**
   * @param url base URL of the worker, without a slash at the end
   * @param tls the directory of a {@link TlsIdentity}; null for none
   */
  public ConnectApi(String url, Path tls) {
    this.rest = new RestClient(url, tls);
  }

  /**
   * @param url base URL of the worker, without a slash at the end
   * @param tls the directory of a {@link TlsIdentity}; null for none
   * @param timeout the limit for connecting and for every answer
   */
  public ConnectApi(String url, Path tls, Duration timeout) {
    this.rest = new RestClient(url, tls, timeout);
  }

  /** Fails unless the worker answers. */
  public void check() throws IOException {
    rest.get("/connectors");
  }

  /**
   * Creates the connector, or replaces its settings.
   *
   * @throws IllegalArgumentException if the worker refuses the settings; the message has the reason
   */
  public void put(Map<String, String> config) throws IOException {
    try {
      rest.put(CONNECTOR + "/config", JSON.valueToTree(config));
    } catch (RestClient.StatusException e) {
      if (e.status() == 400) {
        throw new IllegalArgumentException(
            "Kafka Connect refuses the connector: " + ConnectionFailure.withSetting(e.getMessage()),
            e);
      }
      throw e;
    }
  }

  /** Returns the state of the connector and its task; empty if the worker does not know it yet. */
  public Optional<ConnectorStatus> status() throws IOException {
    try {
      return Optional.of(ConnectorStatus.of(rest.get(CONNECTOR + "/status")));
    } catch (RestClient.StatusException e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Restarts the connector or its task if it failed. */
  public void restartFailed() throws IOException {
    rest.post(
        CONNECTOR + "/restart?includeTasks=true&onlyFailed=true",
        JsonNodeFactory.instance.objectNode());
  }

  /**
   * The state of the connector by Kafka Connect.
   *
   * @param state of the connector: RUNNING, FAILED, PAUSED, …
   * @param task state of its task; UNASSIGNED while it has none
   * @param trouble message of the innermost cause of a failure, with the procedure if it names a
   *     lost slot; null without one
   */
  public record ConnectorStatus(String state, String task, String trouble) {

    /** What Postgres and Debezium write about a slot whose log was removed. */
    private static final Pattern SLOT_LOST =
        Pattern.compile(
            "can no longer (get|stream|access)|replication slot .* (was|has been) invalidated");

    static ConnectorStatus of(JsonNode status) {
      JsonNode connector = status.path("connector");
      JsonNode task = status.path("tasks").path(0);
      String trace = task.path("trace").asText(connector.path("trace").asText(null));
      return new ConnectorStatus(
          connector.path("state").asText("UNASSIGNED"),
          task.path("state").asText("UNASSIGNED"),
          trace == null ? null : withProcedure(ConnectionFailure.withSetting(RootCause.in(trace))));
    }

    private static String withProcedure(String trouble) {
      return SLOT_LOST.matcher(trouble).find()
          ? trouble + ": follow \"Slot lost\" in docs/operations.md"
          : trouble;
    }

    public boolean running() {
      return state.equals("RUNNING") && task.equals("RUNNING");
    }

    public boolean failed() {
      return state.equals("FAILED") || task.equals("FAILED");
    }
  }
}
