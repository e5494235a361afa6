package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.DecisionJson;
import io.rekindle.platform.jdbc.UnnestColumns;
import io.rekindle.scoring.Score;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The job's statement on {@code engagement.outreach_decisions}. The first decision about an episode
 * stays.
 */
final class DecisionTables implements Tables<Decision> {

  private static final String INSERT_DECISIONS =
      """
      insert into engagement.outreach_decisions (
        decision_id, episode_id, user_id, decision, reason, decided_at, experiment_id, arm, score,
        policy_version, inputs, control_share)
      select
        episode_id, episode_id, user_id, decision, reason,
        timestamptz 'epoch' + decided_at * interval '1 ms', experiment_id, arm, score,
        policy_version, inputs::jsonb, coalesce((inputs::jsonb ->> 'control_share')::numeric, 0)
      from unnest(
        ?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::text[], ?::text[], ?::numeric[],
        ?::text[], ?::text[]
      ) as decided (
        episode_id, user_id, decision, reason, decided_at, experiment_id, arm, score,
        policy_version, inputs)
      on conflict do nothing
      """;

  private static final class FirstOfEachEpisode implements Batch<Decision> {

    private final Map<String, Decision> byEpisode = new TreeMap<>();

    @Override
    public void add(Decision decision) {
      byEpisode.putIfAbsent(decision.episodeId(), decision);
    }

    @Override
    public int rows() {
      return byEpisode.size();
    }

    @Override
    public List<Batch<Decision>> parts() {
      if (byEpisode.size() < 2) {
        return List.of();
      }
      FirstOfEachEpisode first = new FirstOfEachEpisode();
      FirstOfEachEpisode second = new FirstOfEachEpisode();
      for (Decision decision : byEpisode.values()) {
        (first.rows() < byEpisode.size() / 2 ? first : second).add(decision);
      }
      return List.of(first, second);
    }
  }

  @Override
  public Batch<Decision> newBatch() {
    return new FirstOfEachEpisode();
  }

  @Override
  public void store(
      Connection connection, Batch<Decision> batch, long watermark, int subtask, int parallelism)
      throws SQLException {
    connection.setAutoCommit(true);
    UnnestColumns.update(
        connection,
        INSERT_DECISIONS,
        ((FirstOfEachEpisode) batch).byEpisode.values(),
        columns ->
            columns
                .text(Decision::episodeId)
                .text(Decision::userId)
                .text(decision -> decision.kind().name())
                .text(decision -> decision.reason().name())
                .instant(Decision::decidedAt, Score.NEVER)
                .text(Decision::experimentId)
                .text(Decision::arm)
                .numeric(Decision::score)
                .text(Decision::policyVersion)
                .text(Decision::inputs));
  }

  @Override
  public DeadLetter deadLetter(Batch<Decision> row, SQLException refusal) {
    Decision decision = ((FirstOfEachEpisode) row).byEpisode.values().iterator().next();
    return RefusedRow.of(
        "engagement.outreach_decisions",
        decision.userId(),
        decision.episodeId(),
        decision.decidedAt(),
        DecisionJson.write(decision),
        refusal,
        "the decision about episode '%s' of user '%s'"
            .formatted(decision.episodeId(), decision.userId()),
        "Correct the outreach settings or the user's row behind it");
  }
}
