package io.rekindle.platform.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The failures themselves are in DatabaseTlsITCase, at a server. */
class ConnectionFailureTest {

  @ParameterizedTest
  @CsvSource({
    "unable to find valid certification path to requested target, sslrootcert",
    "Path does not chain with any of the trust anchors, sslrootcert",
    "PKIX path validation failed: validity check failed, not valid now",
    "The hostname db could not be verified by hostnameverifier PgjdbcHostnameVerifier., sslmode",
    "Could not open SSL root certificate file /ca.crt., sslrootcert",
    "The server does not support SSL., ssl=on"
  })
  void shouldNameTheSetting(String message, String setting) {
    assertThat(ConnectionFailure.withSetting(message))
        .startsWith(message.replaceFirst("\\.$", "") + ": ")
        .contains(setting);
  }

  @Test
  void shouldLeaveOtherMessagesAsTheyAre() {
    String message = "FATAL: password authentication failed for user \"rekindle_api\"";

    assertThat(ConnectionFailure.withSetting(message)).isEqualTo(message);
    assertThat(ConnectionFailure.reason(new IOException(message))).isEqualTo(message);
  }

  @Test
  void shouldTakeTheMessageOfTheDriverOutOfThatOfAPool() {
    SQLException driver = new SQLException("Connection refused", new IOException("inner"));
    SQLException pool = new SQLException("request timed out after 2000ms", driver);

    assertThat(ConnectionFailure.reason(new IllegalStateException("no handle", pool)))
        .isEqualTo("Connection refused");
  }

  @Test
  void shouldNameAFailureWithoutAMessage() {
    assertThat(ConnectionFailure.reason(new SQLException())).isEqualTo("java.sql.SQLException");
  }
}
