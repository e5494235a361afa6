package io.rekindle.dashboard.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.ContactCaseRows;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.clients.ContactStatusQuery.ContactStatus;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.scoring.contact.ContactCase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contact cases through the query of the pages. */
class ContactStatusQueryITCase {

  /** As the migration sets it. */
  private static final int COOLDOWN_DAYS = 30;

  private static final Set<String> EPISODE_OBSTACLES = Set.of("STALE", "EXPIRED");

  private static TestDatabase database;
  private static Map<String, ContactStatus> contacts;

  @BeforeAll
  static void store() throws Exception {
    database = new TestDatabase();
    // No client of a case is held out by chance.
    database.execute("update engagement.outreach_settings set holdout_share = 0");
    List<ContactCase> cases = cases().toList();
    for (ContactCase example : cases) {
      ContactCaseRows.store(database, example);
    }
    try (DashboardDatabase dashboard = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      contacts =
          dashboard
              .jdbi()
              .withHandle(
                  handle ->
                      ContactStatusQuery.of(
                          handle, cases.stream().map(ContactCase::name).toList()));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  /** The cases of a user whom the shop has, under the stored settings, whatever the episode. */
  static Stream<ContactCase> cases() {
    return ContactCase.all().stream()
        .filter(ContactCase::user)
        .filter(example -> example.cooldownDays() == COOLDOWN_DAYS)
        .filter(example -> example.controlShare().signum() == 0)
        .filter(example -> !EPISODE_OBSTACLES.contains(String.valueOf(example.obstacle())));
  }

  @Test
  void shouldNameTheHoldoutBeforeTheLastContactAndAPause() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, marketing_consent)
          values ('held', 'h@example.org', true), ('assigned', 'a@example.org', true),
            ('gone-variant', 'g@example.org', true);
        insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision, reason,
            decided_at, experiment_id, arm, policy_version, inputs)
          values ('1', '1', 'held', 'HOLDOUT', 'AT_RISK', now(), 'default', 'HOLDOUT', 'p', '{}'),
            ('2', '2', 'assigned', 'EMAIL', 'AT_RISK', now(), 'default', 'friendly', 'p', '{}'),
            ('3', '3', 'gone-variant', 'EMAIL', 'AT_RISK', now(), 'default', 'old', 'p', '{}');
        insert into shop.users (user_id, email, marketing_consent)
          values ('held-before', 'before@example.org', true);
        insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision, reason,
            decided_at, experiment_id, arm, policy_version, inputs)
          values ('4', '4', 'held-before', 'HOLDOUT', 'AT_RISK', now(), 'ended', 'HOLDOUT', 'p', '{}');
        insert into engagement.risk_episodes
            (episode_id, user_id, opened_at, noticed_at, policy_version, as_of, revision)
          values ('4', 'held-before', now(), now(), 'p', now(), 1);
        """);
    try {
      assertThat(obstacle("held-before")).as("of an experiment that ended").isEqualTo("HELD_OUT");
      database.execute(
          "update engagement.risk_episodes set closed_at = now(), close_reason = 'RECOVERED'");
      assertThat(obstacle("held-before")).isNull();
      database.execute("update engagement.outreach_settings set holdout_share = 1");
      assertThat(obstacle("held")).isEqualTo("HELD_OUT");
      assertThat(obstacle("assigned")).isNull();
      // The variant is gone, so the hash decides, and everybody is held out.
      assertThat(obstacle("gone-variant")).isEqualTo("HELD_OUT");
      database.execute("update engagement.outreach_settings set enabled = false");
      assertThat(obstacle("held")).isEqualTo("HELD_OUT");
      assertThat(obstacle("assigned")).isEqualTo("PAUSED");
    } finally {
      database.execute("update engagement.outreach_settings set holdout_share = 0, enabled = true");
    }
  }

  /** The group is for good: it comes before the experiment, a pause and the last contact. */
  @Test
  void shouldNameTheControlGroupBeforeAllButThePerson() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, marketing_consent)
          values ('in-a-control-group', 'c@example.org', true),
            ('control-group-without-consent', 'd@example.org', false);
        update engagement.outreach_settings
          set control_share = 0.2, holdout_share = 1, enabled = false;
        """);
    try {
      assertThat(obstacle("in-a-control-group")).isEqualTo("CONTROL_GROUP");
      assertThat(obstacle("control-group-without-consent")).isEqualTo("NO_CONSENT");
      database.execute("update engagement.outreach_settings set control_share = 0.1");
      assertThat(obstacle("in-a-control-group")).isEqualTo("HELD_OUT");
    } finally {
      database.execute(
          "update engagement.outreach_settings"
              + " set control_share = 0, holdout_share = 0, enabled = true");
    }
  }

  private static String obstacle(String userId) throws Exception {
    return database.value(
        "select obstacle from engagement.contact_now where user_id = '%s'".formatted(userId));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldAgreeWithTheContactCase(ContactCase example) {
    assertThat(contacts.get(example.name()).obstacle()).isEqualTo(example.obstacle());
  }
}
