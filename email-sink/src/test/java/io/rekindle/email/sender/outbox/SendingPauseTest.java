package io.rekindle.email.sender.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.outbox.SenderMetrics.Pause;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendingPauseTest {

  private final SendingPause pause = new SendingPause();

  @Test
  void shouldBeginWithoutACause() {
    assertThat(pause.reason()).isEmpty();
    assertThat(causes()).isEmpty();
  }

  @Test
  void shouldPauseLongerEachTimeTheServerIsAway() {
    assertThat(pause.begin(false, "no answer")).isEqualTo(Duration.ofSeconds(1));
    assertThat(pause.begin(false, "no answer")).isEqualTo(Duration.ofSeconds(2));
    assertThat(pause.reason()).contains("no answer");
    assertThat(causes()).containsExactly(Pause.AWAY);
  }

  @Test
  void shouldPauseForMinutesIfAnOperatorHasToAct() {
    assertThat(pause.begin(true, "wrong password")).isEqualTo(Duration.ofMinutes(1));
    assertThat(causes()).containsExactly(Pause.REFUSED);
  }

  @Test
  void shouldStartAgainWithTheShortestPauseAfterAnEmailWasSent() {
    pause.begin(false, "no answer");
    pause.begin(false, "no answer");
    pause.end();
    assertThat(pause.reason()).isEmpty();
    assertThat(causes()).isEmpty();
    assertThat(pause.begin(false, "no answer")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void shouldNeedAnOperatorIfASentEmailCannotBeStored() {
    assertThat(pause.beginUnstored(1, "not stored")).isEqualTo(Duration.ofSeconds(1));
    assertThat(pause.beginUnstored(3, "not stored")).isEqualTo(Duration.ofSeconds(4));
    assertThat(causes()).containsExactly(Pause.REFUSED);
  }

  @Test
  void shouldKnowTheDatabaseApart() {
    pause.databaseIsAway(new SQLException("connection refused"));
    assertThat(causes()).containsExactly(Pause.DATABASE);
    assertThat(pause.reason()).isEmpty();
    pause.databaseIsBack();
    assertThat(causes()).isEmpty();
  }

  private List<Pause> causes() {
    return Arrays.stream(Pause.values()).filter(pause::isBecauseOf).toList();
  }
}
