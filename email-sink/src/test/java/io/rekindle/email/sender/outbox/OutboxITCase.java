package io.rekindle.email.sender.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.SenderDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutboxITCase {

  @RegisterExtension static final SenderDatabase database = new SenderDatabase();

  private static final String ADDRESS = "ada@example.com";

  private final Outbox one = outbox("one");
  private final Outbox other = outbox("other");

  @Test
  void shouldGiveAnEmailToOneSenderOnly() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");

    assertThat(one.lease(10)).containsExactly("e1");
    assertThat(other.lease(10)).isEmpty();
    assertThat(one.lease(10)).isEmpty();
    assertThat(other.begin("e1", ADDRESS)).isEmpty();
    assertThat(one.begin("e1", ADDRESS)).contains(new Outbox.Attempt(1, 1));
  }

  @Test
  void shouldPassOnWhatAKilledSenderHad() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    one.lease(10);
    one.begin("e1", ADDRESS);

    database.endLeases();

    assertThat(other.lease(10)).containsExactly("e1");
    assertThat(one.begin("e1", ADDRESS)).isEmpty();
    one.renew();
    one.release();
    assertThat(other.begin("e1", ADDRESS)).contains(new Outbox.Attempt(2, 2));
  }

  @Test
  void shouldWriteToAnAddressOnceAtATime() throws Exception {
    for (String name : List.of("ada", "bea")) {
      database.user(name);
      database.execute("update shop.users set email = ?", ADDRESS);
      database.ready(name, name);
    }
    one.lease(1);
    other.lease(1);

    assertThat(one.begin("ada", ADDRESS)).isPresent();
    assertThat(other.begin("bea", "ADA@Example.com")).isEmpty();

    one.accepted("ada", new DeliveryResult.Accepted("<ada>", "250 ok"));
    assertThat(other.begin("bea", ADDRESS)).isEmpty();
    database.execute("update engagement.outreach_settings set cooldown_days = 0");
    assertThat(other.begin("bea", ADDRESS)).isPresent();
  }

  @Test
  void shouldCountOnlyAttemptsThatAreTheEmailsOwn() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    one.lease(1);
    one.begin("e1", ADDRESS);

    one.postpone("e1", Outbox.Effect.NO_ATTEMPT, Instant.now(), "quota", null);
    assertThat(value("attempts || ' ' || unconfirmed")).isEqualTo("0 0");
    one.lease(1);
    one.begin("e1", ADDRESS);
    one.postpone("e1", Outbox.Effect.UNKNOWN, Instant.now(), "lost", null);
    assertThat(value("attempts || ' ' || unconfirmed")).isEqualTo("1 1");
    one.lease(1);
    one.begin("e1", ADDRESS);
    one.postpone("e1", Outbox.Effect.ATTEMPT, Instant.now(), "later", null);
    assertThat(value("attempts || ' ' || unconfirmed")).isEqualTo("2 1");
  }

  private static String value(String column) throws SQLException {
    return database.value("select " + column + " from engagement.deliveries");
  }

  @Test
  void shouldKeepWhatItRenews() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    one.lease(10);
    database.execute("update engagement.deliveries set leased_until = now() + interval '1 second'");

    one.renew();

    assertThat(
            database.value(
                "select leased_until > now() + interval '50 seconds' from engagement.deliveries"))
        .isEqualTo("t");
  }

  @Test
  void shouldGiveBackWhatItReleases() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    one.lease(10);

    one.release();

    assertThat(other.lease(10)).containsExactly("e1");
  }

  @Test
  void shouldTakeTheOldestFirst() throws Exception {
    database.user("ada");
    for (int age = 1; age <= 5; age++) {
      database.ready("e" + age, "ada");
      database.execute(
          "update engagement.emails set generated_at = now() - ?::interval where email_id = ?",
          age + " minutes",
          "e" + age);
    }

    assertThat(one.lease(2)).containsExactlyInAnyOrder("e5", "e4");
  }

  @Test
  void shouldTakeThoseTriedLeastFirst() throws Exception {
    database.user("ada");
    database.ready("old", "ada");
    database.ready("new", "ada");
    database.execute(
        "update engagement.emails set generated_at = now() - interval '1 hour'"
            + " where email_id = 'old'");
    one.lease(10);
    one.begin("old", ADDRESS);
    one.release();

    assertThat(one.lease(1)).containsExactly("new");
    assertThat(one.lease(1)).containsExactly("old");
  }

  @Test
  void shouldWaitForTheDecisionThatAnEmailNames() throws Exception {
    database.user("ada");
    database.decision("decided", "ada", "EMAIL");
    for (String email : List.of("decided", "not yet", "never")) {
      database.ready(email, "ada");
    }
    database.execute("update engagement.emails set decision_id = email_id");
    database.execute(
        "update engagement.emails set generated_at = now() - interval '61 minutes'"
            + " where email_id = 'never'");
    database.ready("by others", "ada");

    assertThat(one.lease(10)).containsExactlyInAnyOrder("decided", "never", "by others");
  }

  @Test
  void shouldGiveOutNoMoreThanTheDayMayHave() throws Exception {
    database.user("ada");
    database.execute(
        "insert into engagement.emails (email_id, user_id)"
            + " select 'e' || n, 'ada' from generate_series(1, 9) n");
    database.execute("update engagement.outreach_settings set daily_cap = 4");

    List<String> first = one.lease(3);
    assertThat(first).hasSize(3);
    assertThat(other.lease(3)).as("what another has counts").hasSize(1);
    other.release();
    one.accepted(first.get(0), new DeliveryResult.Accepted("<1@shop.example>", "250 Ok"));
    one.release();
    database.execute("update engagement.deliveries set leased_until = null");
    assertThat(other.lease(10)).as("what a server took counts").hasSize(3);
    assertThat(one.lease(10)).isEmpty();
    database.execute(
        "update engagement.deliveries set accepted_at = now() - interval '1 day', leased_by = null,"
            + " leased_until = null where accepted_at is not null");
    assertThat(one.lease(10)).as("yesterday's do not").hasSize(1);
  }

  @Test
  void shouldTakeWhatIsExpiredThoughTheDayIsOver() throws Exception {
    database.user("ada");
    database.ready("new", "ada");
    database.ready("old", "ada");
    database.execute(
        "update engagement.emails set generated_at = now() - interval '4 days'"
            + " where email_id = 'old'");
    database.execute("update engagement.outreach_settings set daily_cap = 0");

    assertThat(one.lease(10)).containsExactly("old");
  }

  @Test
  void shouldGiveOutNoMoreThanTheDayMayHaveHoweverManyAsk() throws Exception {
    database.user("ada");
    database.execute(
        "insert into engagement.emails (email_id, user_id)"
            + " select 'e' || n, 'ada' from generate_series(1, 500) n");
    database.execute("update engagement.outreach_settings set daily_cap = 111");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<String>>> senders = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Outbox outbox = outbox("sender-" + i);
        senders.add(() -> outbox.lease(20));
      }
      int leased = 0;
      for (Future<List<String>> sender : threads.invokeAll(senders)) {
        leased += sender.get().size();
      }

      assertThat(leased).isEqualTo(111);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldNeverGiveOneEmailTwiceHoweverManyAsk() throws Exception {
    database.user("ada");
    database.execute("update engagement.outreach_settings set daily_cap = 10000");
    database.execute(
        "insert into engagement.emails (email_id, user_id)"
            + " select 'e' || n, 'ada' from generate_series(1, 2000) n");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<String>>> senders = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Outbox outbox = outbox("sender-" + i);
        senders.add(() -> leaseAll(outbox));
      }
      List<String> leased = new ArrayList<>();
      for (Future<List<String>> sender : threads.invokeAll(senders)) {
        leased.addAll(sender.get());
      }

      assertThat(leased).hasSize(2_000).doesNotHaveDuplicates();
    } finally {
      threads.shutdownNow();
    }
  }

  /** Until there are none left: a round may find all of its rows in another's hands. */
  private static List<String> leaseAll(Outbox outbox) throws SQLException {
    List<String> all = new ArrayList<>();
    while (true) {
      List<String> some = outbox.lease(20);
      all.addAll(some);
      if (some.isEmpty()
          && database.value("select count(*) from engagement.deliveries").equals("2000")) {
        return all;
      }
    }
  }

  private static Outbox outbox(String owner) {
    return new Outbox(database.sender(), owner, Duration.ofMinutes(1), Duration.ofDays(3));
  }
}
