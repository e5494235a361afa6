package io.rekindle.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.platform.jdbc.UnnestColumns;
import io.rekindle.scoring.Score;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The job's statement on {@code engagement.policy_in_force}, which has one row. After a restore the
 * job repeats older policies, which do not replace a newer one.
 */
final class PolicyTables implements Tables<PolicyInForce> {

  private static final String UPSERT_POLICY =
      """
      insert into engagement.policy_in_force as stored (
        policy_version, built_in, hash, document, model_version, model, in_force_since, changed_at,
        updated_at)
      select
        policy_version, built_in, hash, document::jsonb, model_version, model::jsonb,
        timestamptz 'epoch' + in_force_since * interval '1 ms',
        timestamptz 'epoch' + changed_at * interval '1 ms', clock_timestamp()
      from unnest(
        ?::text[], ?::bool[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[]
      ) as policy (
        policy_version, built_in, hash, document, model_version, model, in_force_since, changed_at)
      on conflict (id) do update set
        policy_version = excluded.policy_version, built_in = excluded.built_in,
        hash = excluded.hash, document = excluded.document,
        model_version = excluded.model_version, model = excluded.model,
        in_force_since = excluded.in_force_since, changed_at = excluded.changed_at,
        updated_at = excluded.updated_at
      where coalesce(stored.changed_at, '-infinity') <= coalesce(excluded.changed_at, '-infinity')
      """;

  private static final class Last implements Batch<PolicyInForce> {

    private List<PolicyInForce> policy = List.of();

    @Override
    public void add(PolicyInForce newer) {
      policy = List.of(newer);
    }

    @Override
    public int rows() {
      return policy.size();
    }

    @Override
    public List<Batch<PolicyInForce>> parts() {
      return List.of();
    }
  }

  @Override
  public Batch<PolicyInForce> newBatch() {
    return new Last();
  }

  @Override
  public void store(
      Connection connection,
      Batch<PolicyInForce> batch,
      long watermark,
      int subtask,
      int parallelism)
      throws SQLException {
    connection.setAutoCommit(true);
    UnnestColumns.update(
        connection,
        UPSERT_POLICY,
        ((Last) batch).policy,
        columns ->
            columns
                .text(PolicyInForce::policyVersion)
                .bool(PolicyInForce::builtIn)
                .text(PolicyInForce::hash)
                .text(PolicyInForce::document)
                .text(PolicyInForce::modelVersion)
                .text(PolicyInForce::model)
                .instant(PolicyInForce::since, Score.NEVER)
                .instant(PolicyInForce::changedAt, Score.NEVER));
  }

  @Override
  public DeadLetter deadLetter(Batch<PolicyInForce> row, SQLException refusal) {
    PolicyInForce policy = ((Last) row).policy.get(0);
    return RefusedRow.of(
        "engagement.policy_in_force",
        policy.policyVersion(),
        policy.policyVersion() + '\n' + policy.hash(),
        Math.max(policy.changedAt(), 0),
        policy.document().getBytes(UTF_8),
        refusal,
        "policy '%s'".formatted(policy.policyVersion()),
        "Correct the row in engagement.scoring_policies, which sends a new event");
  }
}
