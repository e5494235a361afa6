package io.rekindle.email.sender.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.SenderDatabase;
import io.rekindle.email.sender.mail.MailAddress;
import io.rekindle.email.sender.outbox.Verdict.Cancel;
import io.rekindle.email.sender.outbox.Verdict.Send;
import io.rekindle.email.store.EmailStore;
import io.rekindle.scoring.contact.ContactCase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contact cases on a real Postgres: the SQL function, the job's check, the sender's recheck.
 */
class ContactCasesITCase {

  @RegisterExtension static final SenderDatabase DATABASE = new SenderDatabase();

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#all")
  void shouldAgreeInSql(ContactCase example) throws SQLException {
    store(example);

    assertThat(
            DATABASE.value(
                """
                select coalesce(
                  engagement.contact_obstacle(
                    u.marketing_consent, u.email, s.user_id is not null, s.address),
                  engagement.contact_timing_obstacle(
                    now() - cast(? as interval), ?, now() - cast(? as interval), ?, now()),
                  engagement.contact_obstacle(
                    u.marketing_consent, u.email, s.user_id is not null, s.address,
                    now() - cast(? as interval), cast(? as interval)),
                  case when engagement.in_control_group(?, asked.user_id, ?)
                    then 'CONTROL_GROUP' end)
                from (values (?)) as asked (user_id)
                left join shop.users u using (user_id)
                left join engagement.suppressions s using (user_id)
                """,
                example.opened().toString(),
                example.staleDays(),
                example.contacted() == null ? null : example.contacted().toString(),
                example.cooldownDays(),
                example.decided().toString(),
                example.expiry().toString(),
                ContactCase.CONTROL_SALT,
                example.controlShare(),
                example.name()))
        .isEqualTo(example.obstacle());
  }

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#ofPersonAndDecision")
  void shouldAgreeBeforeAModelIsAsked(ContactCase example) throws SQLException {
    store(example);
    try (EmailStore store =
        new EmailStore(
            () -> DriverManager.getConnection(DATABASE.url(), "rekindle_pipeline", ""),
            1,
            Duration.ofSeconds(20),
            example.expiry())) {
      Instant decidedAt = Instant.now().minus(example.decided());

      assertThat(store.mayContact("e", example.name(), decidedAt).join())
          .isEqualTo(example.obstacle() == null);
    }
  }

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#inForceAtSending")
  void shouldAgreeBeforeAnEmailIsSent(ContactCase example) throws SQLException {
    store(example);
    DATABASE.execute(
        "update engagement.outreach_settings set cooldown_days = ?, enabled = true",
        example.cooldownDays());
    DATABASE.decision("e", example.name(), "EMAIL");
    DATABASE.execute(
        "update engagement.outreach_decisions set decided_at = now() - cast(? as interval)",
        example.decided().toString());
    DATABASE.ready("e", example.name());
    DATABASE.execute("update engagement.emails set decision_id = 'e'");
    if (example.contacted() != null) {
      DATABASE.ready("before", example.name());
      DATABASE.execute(
          "update engagement.emails set status = 'SENT', sent_at = now() - cast(? as interval)"
              + " where email_id = 'before'",
          example.contacted().toString());
    }
    Outbox outbox = new Outbox(DATABASE.sender(), "test", Duration.ofMinutes(1), example.expiry());

    Verdict verdict = Verdict.on(outbox.recheck("e").orElseThrow(), example.expiry());

    assertThat(verdict)
        .isEqualTo(
            example.obstacle() == null
                ? new Send(MailAddress.parseInternational(example.address()).orElseThrow())
                : new Cancel(Verdict.Reason.valueOf(example.obstacle())));
  }

  /** The previews ask for half a million rows. */
  @Test
  void shouldCostNoCallPerRow() throws SQLException {
    assertThat(
            DATABASE.value(
                "explain (format json, verbose) select engagement.contact_obstacle("
                    + "u.marketing_consent, u.email, s.user_id is not null, s.address)"
                    + " from shop.users u left join engagement.suppressions s using (user_id)"))
        .doesNotContain("contact_obstacle(");
    assertThat(
            DATABASE.value(
                "explain (format json, verbose) select engagement.contact_timing_obstacle("
                    + "s.at_risk_since, o.stale_days, s.last_contact_at, o.cooldown_days, now())"
                    + " from engagement.user_scores s cross join engagement.outreach_settings o"))
        .doesNotContain("contact_timing_obstacle(");
  }

  private static void store(ContactCase example) throws SQLException {
    DATABASE.execute(
        "update engagement.outreach_settings set control_share = ?", example.controlShare());
    if (example.user()) {
      DATABASE.execute(
          "insert into shop.users (user_id, email, marketing_consent) values (?, ?, ?)",
          example.name(),
          example.address(),
          example.consents());
    }
    if (example.suppressed()) {
      DATABASE.execute(
          "insert into engagement.suppressions (user_id, address, reason)"
              + " values (?, ?, 'MANUAL')",
          example.name(),
          example.suppressedAddress());
    }
  }
}
