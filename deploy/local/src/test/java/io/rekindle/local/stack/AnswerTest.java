package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.stack.StackStatus.Health;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void shouldTellASlowAnswerFromAQuickOne() {
    Answer<String> slow = Answer.to(() -> "here", Duration.ofNanos(-1), LONG).join();
    Answer<String> quick = Answer.to(() -> "here", LONG, LONG).join();

    assertThat(slow.health()).isEqualTo(Health.SLOW);
    assertThat(slow.given()).isTrue();
    assertThat(slow.seconds()).isNotNegative();
    assertThat(quick.health()).isEqualTo(Health.OK);
    assertThat(quick.seconds()).isNull();
  }

  @Test
  void shouldCallAPartSilentThatRunsAndDoesNotAnswer() {
    CountDownLatch never = new CountDownLatch(1);

    Answer<String> answer =
        Answer.to(
                () -> {
                  never.await();
                  return "late";
                },
                Duration.ofMillis(50))
            .join();

    never.countDown();
    assertThat(answer.health()).isEqualTo(Health.SILENT);
    assertThat(answer.given()).isFalse();
  }

  @Test
  void shouldCallAPartDownThatRefusesOrReportsAFault() {
    assertThat(failing(new IOException("no answer", new ConnectException())))
        .isEqualTo(Answer.none("its port refuses connections"));
    assertThat(failing(new IOException("503 DOWN"))).isEqualTo(Answer.none("503 DOWN"));
    assertThat(
            Answer.to(
                    () -> {
                      throw new SQLException("no pg_hba.conf entry");
                    },
                    LONG)
                .join())
        .isEqualTo(Answer.none("no pg_hba.conf entry"));
  }

  @Test
  void shouldCallATimeoutOfTheClientSilenceToo() {
    assertThat(failing(new IOException("no answer", new HttpTimeoutException("late"))).health())
        .isEqualTo(Health.SILENT);
  }

  private static Answer<Object> failing(IOException failure) {
    return Answer.to(
            () -> {
              throw failure;
            },
            LONG)
        .join();
  }
}
