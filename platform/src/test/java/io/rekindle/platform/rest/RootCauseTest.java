package io.rekindle.platform.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RootCauseTest {

  @Test
  void shouldFindTheInnermostCause() {
    String trace =
        """
        org.apache.kafka.connect.errors.ConnectException: task failed
        \tat io.debezium.Foo.bar(Foo.java:1)
        Caused by: java.io.IOException: no route
        \tat io.debezium.Foo.baz(Foo.java:2)
        Caused by: org.postgresql.util.PSQLException: Connection refused
        \t... 3 more
        """;

    assertThat(RootCause.in(trace)).isEqualTo("PSQLException: Connection refused");
  }

  @Test
  void shouldKeepAMessageOfSeveralLinesTogether() {
    String trace =
        """
        org.apache.flink.util.FlinkException: no
        Caused by: io.rekindle.platform.settings.InvalidSettingsException: Refused to start:
          shop.url is missing
        See --help.
        \t... 3 more
        """;

    assertThat(RootCause.in(trace))
        .isEqualTo("InvalidSettingsException: Refused to start: shop.url is missing See --help.");
  }

  @Test
  void shouldTakeTheFirstLineOfWhatIsNoTrace() {
    assertThat(RootCause.in("Not Found: /x\nsecond")).isEqualTo("Not Found: /x");
    assertThat(RootCause.in("")).isEmpty();
  }
}
