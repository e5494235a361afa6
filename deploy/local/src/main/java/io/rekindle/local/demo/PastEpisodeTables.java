package io.rekindle.local.demo;

import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.email.Email;
import io.rekindle.job.outreach.Decision;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;

/**
 * Writes the past episodes of the demo shop with their decisions and emails, as the job and the
 * sender would have. The inputs of each decision have {@code "demo": true}.
 */
final class PastEpisodeTables {

  private static final String EXPERIMENT =
      """
      insert into engagement.experiments
        (experiment_id, holdout_share, variants, started_at, ended_at)
      values (?, ? / 1000000.0, jsonb_build_array(jsonb_build_object(
        'name', ?, 'weight', 1, 'prompt', ?, 'tone', ?)), ?, ?)
      on conflict do nothing
      """;

  private static final String EPISODE =
      """
      insert into engagement.risk_episodes
        (episode_id, user_id, opened_at, noticed_at, closed_at, close_reason, score_at_opening,
         policy_version, as_of, revision)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
      """;

  private static final String DECISION =
      """
      insert into engagement.outreach_decisions
        (decision_id, episode_id, user_id, decision, reason, decided_at, experiment_id, arm, score,
         policy_version, inputs)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb || '{"demo": true}')
      """;

  private static final String EMAIL =
      """
      insert into engagement.emails
        (email_id, episode_id, decision_id, user_id, subject, preheader, html, text, status,
         generated_by, experiment_id, variant, engagement_score_at_time, generated_at, sent_at,
         message_id)
      values (?, ?, ?, ?, ?, ?, ?, ?, 'SENT', 'TEMPLATE', ?, ?, ?, ?, ?, ?)
      """;

  private PastEpisodeTables() {}

  static void write(Connection connection, PastCampaign campaign, List<PastEpisode> episodes)
      throws SQLException {
    writeExperiment(connection, campaign);
    try (PreparedStatement episodeRow = connection.prepareStatement(EPISODE);
        PreparedStatement decisionRow = connection.prepareStatement(DECISION);
        PreparedStatement emailRow = connection.prepareStatement(EMAIL)) {
      for (PastEpisode episode : episodes) {
        add(episodeRow, episodeValues(episode));
        add(decisionRow, decisionValues(episode.decision()));
        if (episode.email() != null) {
          add(emailRow, emailValues(episode));
        }
      }
      episodeRow.executeBatch();
      decisionRow.executeBatch();
      emailRow.executeBatch();
    }
  }

  private static void writeExperiment(Connection connection, PastCampaign campaign)
      throws SQLException {
    OutreachVariant variant = PastCampaign.RULES.variants().get(0);
    try (PreparedStatement row = connection.prepareStatement(EXPERIMENT)) {
      set(
          row,
          PastCampaign.EXPERIMENT,
          PastCampaign.RULES.holdoutPpm(),
          variant.name(),
          variant.prompt(),
          variant.tone(),
          timestamp(campaign.beganAt()),
          timestamp(campaign.endedAt()));
      row.executeUpdate();
    }
  }

  private static Object[] episodeValues(PastEpisode episode) {
    Decision decision = episode.decision();
    Timestamp decidedAt = timestamp(episode.decidedAt());
    return new Object[] {
      decision.episodeId(),
      decision.userId(),
      timestamp(episode.openedAt()),
      decidedAt,
      timestamp(episode.closedAt()),
      episode.closeReason(),
      decision.score(),
      decision.policyVersion(),
      episode.closedAt() == null ? decidedAt : timestamp(episode.closedAt())
    };
  }

  private static Object[] decisionValues(Decision decision) {
    return new Object[] {
      decision.episodeId(),
      decision.episodeId(),
      decision.userId(),
      decision.kind().name(),
      decision.reason().name(),
      timestamp(Instant.ofEpochMilli(decision.decidedAt())),
      decision.experimentId(),
      decision.arm(),
      decision.score(),
      decision.policyVersion(),
      decision.inputs()
    };
  }

  private static Object[] emailValues(PastEpisode episode) {
    Decision decision = episode.decision();
    Email email = episode.email();
    return new Object[] {
      decision.episodeId(),
      decision.episodeId(),
      decision.episodeId(),
      decision.userId(),
      email.subject(),
      email.preheader(),
      email.html(),
      email.text(),
      decision.experimentId(),
      decision.variant().name(),
      decision.score(),
      timestamp(episode.decidedAt()),
      timestamp(episode.sentAt()),
      "<" + decision.episodeId() + "@shop.example>"
    };
  }

  private static void add(PreparedStatement row, Object... values) throws SQLException {
    set(row, values);
    row.addBatch();
  }

  private static void set(PreparedStatement row, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      row.setObject(i + 1, values[i]);
    }
  }

  private static Timestamp timestamp(Instant instant) {
    return instant == null ? null : Timestamp.from(instant);
  }
}
