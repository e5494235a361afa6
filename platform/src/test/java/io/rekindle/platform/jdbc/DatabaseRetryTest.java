package io.rekindle.platform.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.rest.Backoff;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseRetryTest {

  private final SQLException away = new SQLException("starting up", "57P03");
  private final SQLException refused = new SQLException("unique", "23505");

  private final List<Duration> pauses = new ArrayList<>();
  private int attempts;

  @Test
  void shouldRepeatWithLongerPausesUntilItSucceeds() throws Exception {
    assertThat(retry(Duration.ofHours(1)).execute(failing(4, away), this::keepGoing))
        .isEqualTo("done");
    assertThat(pauses)
        .containsExactly(
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            Duration.ofMillis(500));
  }

  @Test
  void shouldNotRepeatWhatIsRefused() {
    assertThatThrownBy(
            () -> retry(Duration.ofHours(1)).execute(failing(9, refused), this::keepGoing))
        .isSameAs(refused);
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void shouldThrowTheLastFailureAtTheLimit() {
    assertThatThrownBy(() -> retry(Duration.ZERO).execute(failing(9, away), this::keepGoing))
        .isSameAs(away);
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void shouldNotPauseBeyondTheLimit() throws Exception {
    retry(Duration.ofMillis(90)).execute(failing(1, away), this::keepGoing);
    assertThat(pauses).singleElement().matches(pause -> pause.toMillis() < 90);
  }

  @Test
  void shouldGiveUpWhenThePauseDoes() {
    assertThatThrownBy(
            () ->
                retry(Duration.ofHours(1))
                    .execute(failing(9, away), (failure, pause) -> attempts < 3))
        .isSameAs(away);
    assertThat(attempts).isEqualTo(3);
  }

  @Test
  void shouldRepeatForEverWithoutALimit() throws Exception {
    DatabaseRetry.unlimited(Duration.ofSeconds(1)).execute(failing(50, away), this::keepGoing);
    assertThat(pauses).hasSize(50).containsOnly(Duration.ofSeconds(1));
  }

  private static DatabaseRetry retry(Duration limit) {
    return new DatabaseRetry(new Backoff(Duration.ofMillis(100), Duration.ofMillis(500)), limit);
  }

  private DatabaseRetry.Statement<String> failing(int times, SQLException failure) {
    return () -> {
      attempts++;
      if (attempts <= times) {
        throw failure;
      }
      return "done";
    };
  }

  private boolean keepGoing(SQLException failure, Duration pause) {
    pauses.add(pause);
    return true;
  }
}
