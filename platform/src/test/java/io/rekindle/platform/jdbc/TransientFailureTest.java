package io.rekindle.platform.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of the one list: job, email store, sender and dashboard decide by it. */
class TransientFailureTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", // connection_exception
        "08001", // no connection could be made
        "08003", // the connection is closed
        "08006", // connection_failure
        "25006", // read_only_sql_transaction: connected to a standby during a failover
        "40001", // serialization_failure
        "40P01", // deadlock_detected
        "53000", // insufficient_resources
        "53100", // disk_full
        "53200", // out_of_memory
        "53300", // too_many_connections
        "57P01", // admin_shutdown
        "57P02", // crash_shutdown
        "57P03" // cannot_connect_now: the server starts
      })
  void shouldWaitForADatabaseThatIsAway(String state) {
    assertThat(TransientFailure.is(new SQLException("away", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "22P02", // invalid_text_representation
        "23505", // unique_violation
        "25001", // active_sql_transaction
        "25P02", // in_failed_sql_transaction
        "28P01", // invalid_password
        "42501", // insufficient_privilege
        "42P01", // undefined_table
        "57014", // query_canceled: the statement is too slow and would be again
        "XX000" // internal_error
      })
  void shouldNotRepeatWhatTheDatabaseRefuses(String state) {
    assertThat(TransientFailure.is(new SQLException("refused", state))).isFalse();
  }

  @Test
  void shouldSeeThatTheDatabaseDidNotAnswerBehindOtherFailures() {
    assertThat(TransientFailure.orTimeoutIn(new IllegalStateException(slow("57014")))).isTrue();
    assertThat(TransientFailure.orTimeoutIn(new IllegalStateException(slow("08006")))).isTrue();
    assertThat(TransientFailure.orTimeoutIn(new IllegalStateException(slow("23505")))).isFalse();
    assertThat(TransientFailure.orTimeoutIn(new IllegalStateException("not SQL"))).isFalse();
  }

  private static SQLException slow(String state) {
    return new SQLException("no answer", state);
  }

  @Test
  void shouldTakeAPoolWithoutAFreeConnectionForTransient() {
    assertThat(TransientFailure.is(new SQLTransientConnectionException("timed out"))).isTrue();
    assertThat(TransientFailure.is(new SQLException("no connection"))).isTrue();
  }
}
