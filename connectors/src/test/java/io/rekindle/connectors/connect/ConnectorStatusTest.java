package io.rekindle.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.connectors.connect.ConnectApi.ConnectorStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorStatusTest {

  private static ConnectorStatus failedBy(String message) {
    JsonMapper json = new JsonMapper();
    var status = json.createObjectNode();
    status.putObject("connector").put("state", "RUNNING");
    status
        .putArray("tasks")
        .addObject()
        .put("state", "FAILED")
        .put(
            "trace",
            "org.apache.kafka.connect.errors.ConnectException: It failed\n\tat a.B.c(B)\n"
                + "Caused by: io.debezium.DebeziumException: "
                + message
                + "\n\tat a.B.c(B)\n");
    return ConnectorStatus.of(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ERROR: can no longer get changes from replication slot \"rekindle\"",
        "ERROR: can no longer access replication slot \"rekindle\""
      })
  void shouldNameTheProcedureOfALostSlot(String message) {
    ConnectorStatus status = failedBy(message);

    assertThat(status.failed()).isTrue();
    assertThat(status.trouble())
        .isEqualTo(
            "DebeziumException: " + message + ": follow \"Slot lost\" in docs/operations.md");
  }

  @Test
  void shouldNameTheSettingOfATlsFailure() {
    assertThat(failedBy("unable to find valid certification path to requested target").trouble())
        .endsWith("no certificate in the file of sslrootcert has signed the one of the server");
  }

  @Test
  void shouldLeaveOtherTroubleAsItIs() {
    assertThat(failedBy("The connection attempt failed.").trouble())
        .isEqualTo("DebeziumException: The connection attempt failed.");
  }
}
