package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.stack.StackStatus.Health;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  /** Answers its n-th question after the n-th number of seconds, by a clock of its own. */
  private static final class Part {

    private final Iterator<Integer> seconds;
    private final AtomicLong nanos = new AtomicLong();
    private int asked;

    Part(Integer... seconds) {
      this.seconds = List.of(seconds).iterator();
    }

    Answer<Integer> answer() {
      return Answer.to(
              () -> {
                nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds.next()));
                return ++asked;
              },
              LONG,
              nanos::get)
          .join();
    }
  }

  @Test
  void shouldTakeAQuickAnswerAtOnce() {
    assertThat(new Part(2).answer()).isEqualTo(new Answer<>(1, Health.OK, null, null));
  }

  @Test
  void shouldNotCallAPartSlowForTheFirstAnswerOfAColdStart() {
    assertThat(new Part(4, 0).answer()).isEqualTo(new Answer<>(2, Health.OK, null, null));
  }

  @Test
  void shouldCallAPartSlowWhoseSecondAnswerIsSlowToo() {
    Answer<Integer> slow = new Part(4, 3).answer();

    assertThat(slow).isEqualTo(new Answer<>(2, Health.SLOW, null, 3.0));
    assertThat(slow.given()).isTrue();
  }

  @Test
  void shouldJudgeByTheSecondAnswerEvenIfItIsNone() {
    AtomicLong nanos = new AtomicLong();

    Answer<String> answer =
        Answer.to(
                () -> {
                  if (nanos.getAndAdd(LONG.toNanos()) > 0) {
                    throw new IOException("503 DOWN");
                  }
                  return "here";
                },
                LONG,
                nanos::get)
            .join();

    assertThat(answer).isEqualTo(Answer.none("503 DOWN"));
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
