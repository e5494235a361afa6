package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.state.Episode;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.platform.jdbc.UnnestColumns;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's statements on {@code engagement.user_scores}, {@code score_history}, {@code
 * risk_episodes} and {@code pipeline_progress}. Each can be repeated: an older update never takes
 * the place of a newer one, and the same row of history is stored once.
 */
final class ScoreTables implements Tables<ScoreUpdate> {

  private static final String UPSERT_SCORES =
      withPoints(
          """
          insert into engagement.user_scores as stored (
            user_id, score, band, segment,
            {points}, order_probability, value_at_stake,
            order_count, average_order_value, last_order_at, usual_gap_ms,
            at_risk, at_risk_since, next_change_at,
            overridden, computed_score, last_contact_at, as_of, revision, policy_version, written_at)
          select
            user_id, score, band, segment,
            {points}, order_probability, value_at_stake,
            order_count, average_order_value, timestamptz 'epoch' + last_order_at * interval '1 ms',
            nullif(usual_gap_ms, 0),
            at_risk, timestamptz 'epoch' + at_risk_since * interval '1 ms',
            timestamptz 'epoch' + next_change_at * interval '1 ms',
            overridden, computed_score, timestamptz 'epoch' + last_contact_at * interval '1 ms',
            timestamptz 'epoch' + as_of * interval '1 ms', revision, policy_version, clock_timestamp()
          from unnest(
            ?::text[], ?::numeric[], ?::text[], ?::text[],
            {parameters}, ?::numeric[], ?::numeric[],
            ?::int4[], ?::numeric[], ?::int8[], ?::int8[],
            ?::bool[], ?::int8[], ?::int8[],
            ?::bool[], ?::numeric[], ?::int8[], ?::int8[], ?::int8[], ?::text[]
          ) as evaluated (
            user_id, score, band, segment,
            {points}, order_probability, value_at_stake,
            order_count, average_order_value, last_order_at, usual_gap_ms,
            at_risk, at_risk_since, next_change_at,
            overridden, computed_score, last_contact_at, as_of, revision, policy_version)
          on conflict (user_id) do update set
            score = excluded.score, band = excluded.band, segment = excluded.segment,
            {assignments}, order_probability = excluded.order_probability,
            value_at_stake = excluded.value_at_stake,
            order_count = excluded.order_count,
            average_order_value = excluded.average_order_value,
            last_order_at = excluded.last_order_at, usual_gap_ms = excluded.usual_gap_ms,
            at_risk = excluded.at_risk, at_risk_since = excluded.at_risk_since,
            next_change_at = excluded.next_change_at, overridden = excluded.overridden,
            computed_score = excluded.computed_score, last_contact_at = excluded.last_contact_at,
            as_of = excluded.as_of, revision = excluded.revision,
            policy_version = excluded.policy_version, written_at = excluded.written_at
          where (stored.as_of, stored.revision) < (excluded.as_of, excluded.revision)
          """);

  private static final String REMEMBER_REMOVALS =
      """
      insert into engagement.removed_scores as stored (user_id, as_of, revision)
      select user_id, timestamptz 'epoch' + as_of * interval '1 ms', revision
      from unnest(?::text[], ?::int8[], ?::int8[]) as removed (user_id, as_of, revision)
      on conflict (user_id) do update set
        as_of = excluded.as_of, revision = excluded.revision, removed_at = excluded.removed_at
      where (stored.as_of, stored.revision) < (excluded.as_of, excluded.revision)
      """;

  /**
   * Takes the keys of removed users. A frozen writer may have inserted such a row without a commit:
   * a delete would not see that row, but an insert waits for it.
   */
  private static final String TAKE_REMOVED_KEYS =
      """
      insert into engagement.user_scores (
        user_id, band, segment, order_count, at_risk, as_of, revision, policy_version)
      select
        user_id, '', '', 0, false, timestamptz 'epoch' + as_of * interval '1 ms', revision, ''
      from unnest(?::text[], ?::int8[], ?::int8[]) as removed (user_id, as_of, revision)
      on conflict do nothing
      """;

  private static final String DELETE_SCORES =
      """
      delete from engagement.user_scores stored
      using unnest(?::text[], ?::int8[], ?::int8[]) as removed (user_id, as_of, revision)
      where stored.user_id = removed.user_id
        and (stored.as_of, stored.revision)
          <= (timestamptz 'epoch' + removed.as_of * interval '1 ms', removed.revision)
      """;

  /** No writer stays frozen for a week and wakes. */
  private static final String EXPIRE_REMOVALS =
      "delete from engagement.removed_scores where removed_at < now() - interval '7 days'";

  private static final String INSERT_HISTORY =
      withPoints(
          """
          insert into engagement.score_history (
            user_id, as_of, revision, score, band, segment, at_risk,
            {points}, overridden,
            previous_score, previous_band, previous_at_risk, cause, cause_id, policy_version)
          select
            user_id, timestamptz 'epoch' + as_of * interval '1 ms', revision,
            score, band, segment, at_risk,
            {points}, overridden,
            previous_score, previous_band, previous_at_risk, cause, cause_id, policy_version
          from unnest(
            ?::text[], ?::int8[], ?::int8[], ?::numeric[], ?::text[], ?::text[], ?::bool[],
            {parameters}, ?::bool[],
            ?::numeric[], ?::text[], ?::bool[], ?::text[], ?::text[], ?::text[]
          ) as evaluated (
            user_id, as_of, revision, score, band, segment, at_risk,
            {points}, overridden,
            previous_score, previous_band, previous_at_risk, cause, cause_id, policy_version)
          on conflict do nothing
          """);

  /** An episode that opens again keeps its first opening. */
  private static final String UPSERT_EPISODES =
      """
      insert into engagement.risk_episodes as stored (
        episode_id, user_id, opened_at, noticed_at, closed_at, close_reason, score_at_opening,
        policy_version, as_of, revision)
      select
        episode_id, user_id, timestamptz 'epoch' + opened_at * interval '1 ms',
        timestamptz 'epoch' + noticed_at * interval '1 ms',
        timestamptz 'epoch' + closed_at * interval '1 ms', close_reason, score_at_opening,
        policy_version, timestamptz 'epoch' + as_of * interval '1 ms', revision
      from unnest(
        ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[], ?::text[], ?::numeric[],
        ?::text[], ?::int8[], ?::int8[]
      ) as episode (
        episode_id, user_id, opened_at, noticed_at, closed_at, close_reason, score_at_opening,
        policy_version, as_of, revision)
      on conflict (episode_id) do update set
        closed_at = excluded.closed_at, close_reason = excluded.close_reason,
        as_of = excluded.as_of, revision = excluded.revision
      where (stored.as_of, stored.revision) < (excluded.as_of, excluded.revision)
      """;

  /**
   * Closes the episodes that a lost state had open: the first update of a user names the only one
   * that may be.
   */
  private static final String CLOSE_FORGOTTEN_EPISODES =
      """
      update engagement.risk_episodes stored
      set closed_at = timestamptz 'epoch' + first.as_of * interval '1 ms',
          close_reason = first.close_reason,
          as_of = timestamptz 'epoch' + first.as_of * interval '1 ms', revision = first.revision
      from unnest(?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[])
        as first (user_id, open_episode, close_reason, as_of, revision)
      where stored.user_id = first.user_id and stored.closed_at is null
        and stored.episode_id is distinct from first.open_episode
        and (stored.as_of, stored.revision)
          < (timestamptz 'epoch' + first.as_of * interval '1 ms', first.revision)
      """;

  /** Time repeats after a restore. The stored progress never goes back. */
  private static final String UPSERT_PROGRESS =
      """
      insert into engagement.pipeline_progress as stored
        (subtask, parallelism, watermark, backfill_quiet_time)
      values (?, ?, timestamptz 'epoch' + ? * interval '1 ms', ? * interval '1 ms')
      on conflict (subtask) do update set
        watermark = case when stored.parallelism = excluded.parallelism
          then greatest(stored.watermark, excluded.watermark) else excluded.watermark end,
        parallelism = excluded.parallelism,
        backfill_quiet_time = excluded.backfill_quiet_time,
        written_at = clock_timestamp()
      """;

  private static final String ENSURE_MONTH =
      "select engagement.ensure_score_history(at, at)"
          + " from (select timestamptz 'epoch' + ? * interval '1 ms' as at) month";

  private static final String COUNT_UNSTORED =
      """
      insert into engagement.unstored_history as stored (month, rows)
      select month::date, rows from unnest(?::text[], ?::int8[]) as missing (month, rows)
      on conflict (month) do update set
        rows = stored.rows + excluded.rows, last_at = excluded.last_at
      """;

  private static final String SWEEP_REMOVED_USERS = "select engagement.sweep_removed_users()";

  private static final Logger LOG = LoggerFactory.getLogger(ScoreTables.class);

  private final Duration backfillQuietTime;
  private final Counter unstoredHistory;
  private final Set<YearMonth> monthsWithPartition = new HashSet<>();
  private final Set<YearMonth> detachedMonths = new HashSet<>();

  /** Whether users may have been deleted without an event that this job gets. */
  private boolean sweepDue;

  /**
   * Statements of one subtask.
   *
   * @param backfillQuietTime for how long the job lets a user wait, for those who verify scores
   * @param sweep whether the first batch also removes the scores of users whom the shop no longer
   *     has: for one subtask of a job that starts from nothing
   * @param unstoredHistory counts the rows of history of months that are detached
   */
  ScoreTables(Duration backfillQuietTime, boolean sweep, Counter unstoredHistory) {
    this.backfillQuietTime = backfillQuietTime;
    this.sweepDue = sweep;
    this.unstoredHistory = unstoredHistory;
  }

  /** Puts the factors' columns into a statement. */
  private static String withPoints(String statement) {
    List<String> columns = Arrays.stream(Factor.values()).map(Factor::column).toList();
    return statement
        .replace("{points}", Factor.columns())
        .replace(
            "{parameters}", String.join(", ", Collections.nCopies(columns.size(), "?::numeric[]")))
        .replace(
            "{assignments}",
            columns.stream()
                .map(column -> column + " = excluded." + column)
                .collect(Collectors.joining(", ")));
  }

  @Override
  public ScoreBatch newBatch() {
    return new ScoreBatch();
  }

  @Override
  public void store(
      Connection connection,
      Batch<ScoreUpdate> updates,
      long watermark,
      int subtask,
      int parallelism)
      throws SQLException {
    ScoreBatch batch = (ScoreBatch) updates;
    // A new partition locks the table, so it gets its own transaction.
    connection.setAutoCommit(true);
    Map<Boolean, List<ScoreUpdate>> history = byMonthAttached(connection, batch.history());
    sweepRemovedUsers(connection);

    connection.setAutoCommit(false);
    try {
      deleteScores(connection, batch.removals());
      upsertScores(connection, batch.scores());
      insertHistory(connection, history.get(true));
      countUnstored(connection, history.get(false));
      closeForgottenEpisodes(connection, batch.firsts());
      upsertEpisodes(connection, batch.episodes());
      if (watermark != Score.NEVER) {
        upsertProgress(connection, watermark, subtask, parallelism);
      }
      connection.commit();
      unstoredHistory.inc(history.get(false).size());
    } catch (SQLException e) {
      // The failure may be that a month was detached since.
      monthsWithPartition.clear();
      RetryingDatabase.rollback(connection, e);
      throw e;
    }
  }

  /** Divides the history by whether it has a partition, and makes the partitions of new months. */
  private Map<Boolean, List<ScoreUpdate>> byMonthAttached(
      Connection connection, List<ScoreUpdate> history) throws SQLException {
    Set<YearMonth> detached = new HashSet<>();
    for (ScoreUpdate update : history) {
      YearMonth month = month(update);
      if (!monthsWithPartition.contains(month)
          && !detached.contains(month)
          && !ensureMonth(connection, month, update.asOf())) {
        detached.add(month);
      }
    }
    return history.stream()
        .collect(Collectors.partitioningBy(update -> !detached.contains(month(update))));
  }

  /** Returns whether the month has a partition that takes rows. */
  private boolean ensureMonth(Connection connection, YearMonth month, long instant)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ENSURE_MONTH)) {
      statement.setLong(1, instant);
      try (ResultSet detached = statement.executeQuery()) {
        if (detached.next()) {
          if (detachedMonths.add(month)) {
            LOG.warn(
                "The history of {} is not stored: its table is detached from score_history. Attach"
                    + " it, or drop it",
                month);
          }
          return false;
        }
      }
    }
    monthsWithPartition.add(month);
    detachedMonths.remove(month);
    return true;
  }

  private static YearMonth month(ScoreUpdate update) {
    return YearMonth.from(Instant.ofEpochMilli(update.asOf()).atOffset(ZoneOffset.UTC));
  }

  private static void countUnstored(Connection connection, List<ScoreUpdate> unstored)
      throws SQLException {
    Map<YearMonth, Long> rows =
        unstored.stream()
            .collect(
                Collectors.groupingBy(ScoreTables::month, TreeMap::new, Collectors.counting()));
    UnnestColumns.update(
        connection,
        COUNT_UNSTORED,
        rows.entrySet(),
        columns ->
            columns.text(row -> row.getKey().atDay(1).toString()).bigint(Map.Entry::getValue));
  }

  private void sweepRemovedUsers(Connection connection) throws SQLException {
    if (!sweepDue) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SWEEP_REMOVED_USERS)) {
      row.next();
      if (row.getLong(1) > 0) {
        LOG.info("Removed the scores of {} users whom the shop no longer has", row.getLong(1));
      }
    }
    sweepDue = false;
  }

  private static void deleteScores(Connection connection, List<ScoreUpdate> removals)
      throws SQLException {
    if (removals.isEmpty()) {
      return;
    }
    for (String statement : List.of(REMEMBER_REMOVALS, TAKE_REMOVED_KEYS, DELETE_SCORES)) {
      UnnestColumns.update(
          connection,
          statement,
          removals,
          columns ->
              columns
                  .text(ScoreUpdate::userId)
                  .bigint(ScoreUpdate::asOf)
                  .bigint(ScoreUpdate::revision));
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(EXPIRE_REMOVALS);
    }
  }

  private static void upsertScores(Connection connection, List<ScoreUpdate> scores)
      throws SQLException {
    UnnestColumns.update(
        connection,
        UPSERT_SCORES,
        scores,
        columns -> {
          columns
              .text(ScoreUpdate::userId)
              .numeric(update -> update.score().scoreDecimal())
              .text(update -> update.score().band().name())
              .text(update -> update.score().segment().name());
          bindPoints(columns);
          columns
              .numeric(update -> update.score().orderProbability())
              .numeric(update -> update.score().valueAtStakeDecimal())
              .integer(update -> update.score().orderCount())
              .numeric(update -> update.score().averageOrderValue())
              .instant(update -> update.score().lastOrderAt(), Score.NEVER)
              .bigint(update -> update.score().usualGap())
              .bool(update -> update.score().atRisk())
              .instant(update -> update.score().atRiskSince(), Score.NEVER)
              .instant(update -> update.score().nextChange(), Score.NEVER)
              .bool(ScoreUpdate::overridden)
              .numeric(update -> update.computed().scoreDecimal())
              .instant(ScoreUpdate::lastContactAt, Score.NEVER)
              .bigint(ScoreUpdate::asOf)
              .bigint(ScoreUpdate::revision)
              .text(ScoreUpdate::policyVersion);
        });
  }

  private static void insertHistory(Connection connection, List<ScoreUpdate> history)
      throws SQLException {
    UnnestColumns.update(
        connection,
        INSERT_HISTORY,
        history,
        columns -> {
          columns
              .text(ScoreUpdate::userId)
              .bigint(ScoreUpdate::asOf)
              .bigint(ScoreUpdate::revision)
              .numeric(update -> update.score().scoreDecimal())
              .text(update -> update.score().band().name())
              .text(update -> update.score().segment().name())
              .bool(update -> update.score().atRisk());
          bindPoints(columns);
          columns
              .bool(ScoreUpdate::overridden)
              .numeric(update -> previousScore(update.previous()))
              .text(update -> update.previous() == null ? null : update.previous().band().name())
              .bool(update -> update.previous() == null ? null : update.previous().atRisk())
              .text(update -> update.cause().name())
              .text(ScoreUpdate::causeId)
              .text(ScoreUpdate::policyVersion);
        });
  }

  private static void bindPoints(UnnestColumns<ScoreUpdate> columns) throws SQLException {
    for (Factor factor : Factor.values()) {
      columns.numeric(update -> update.score().pointsDecimal(factor));
    }
  }

  private static void upsertEpisodes(Connection connection, List<ScoreUpdate> episodes)
      throws SQLException {
    UnnestColumns.update(
        connection,
        UPSERT_EPISODES,
        episodes,
        columns ->
            columns
                .text(ScoreUpdate::episodeId)
                .text(ScoreUpdate::userId)
                .instant(update -> update.episode().openedAt(), Score.NEVER)
                .instant(update -> update.episode().noticedAt(), Score.NEVER)
                .instant(update -> update.episode().closedAt(), Score.NEVER)
                .text(update -> name(update.episode().closeReason()))
                .numeric(update -> update.episode().scoreDecimal())
                .text(update -> update.episode().policyVersion())
                .bigint(ScoreUpdate::asOf)
                .bigint(ScoreUpdate::revision));
  }

  private static void closeForgottenEpisodes(Connection connection, List<ScoreUpdate> firsts)
      throws SQLException {
    UnnestColumns.update(
        connection,
        CLOSE_FORGOTTEN_EPISODES,
        firsts,
        columns ->
            columns
                .text(ScoreUpdate::userId)
                .text(ScoreUpdate::episodeId)
                .text(update -> closeReason(update.score()).name())
                .bigint(ScoreUpdate::asOf)
                .bigint(ScoreUpdate::revision));
  }

  private static Episode.CloseReason closeReason(Score score) {
    return score.scored() ? Episode.CloseReason.RECOVERED : Episode.CloseReason.NO_ORDERS;
  }

  private static String name(Episode.CloseReason reason) {
    return reason == null ? null : reason.name();
  }

  private static BigDecimal previousScore(PublishedScore previous) {
    return previous == null ? null : previous.scoreDecimal();
  }

  private void upsertProgress(Connection connection, long watermark, int subtask, int parallelism)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UPSERT_PROGRESS)) {
      statement.setInt(1, subtask);
      statement.setInt(2, parallelism);
      statement.setLong(3, watermark);
      statement.setLong(4, backfillQuietTime.toMillis());
      statement.executeUpdate();
    }
  }

  @Override
  public DeadLetter deadLetter(Batch<ScoreUpdate> row, SQLException refusal) {
    ScoreBatch batch = (ScoreBatch) row;
    if (!batch.history().isEmpty()) {
      return deadLetter("engagement.score_history", batch.history().get(0), refusal);
    }
    if (!batch.episodes().isEmpty()) {
      return deadLetter("engagement.risk_episodes", batch.episodes().get(0), refusal);
    }
    if (!batch.firsts().isEmpty()) {
      return deadLetter("engagement.risk_episodes", batch.firsts().get(0), refusal);
    }
    return Stream.concat(batch.scores().stream(), batch.removals().stream())
        .map(update -> deadLetter("engagement.user_scores", update, refusal))
        .findFirst()
        .orElseThrow();
  }

  private static DeadLetter deadLetter(String table, ScoreUpdate update, SQLException refusal) {
    return RefusedRow.of(
        table,
        update.userId(),
        update.userId() + '\n' + update.asOf() + '\n' + update.revision(),
        update.asOf(),
        ScoreChangeJson.row(update),
        refusal,
        "the result for user '%s' as of %s, after %s%s"
            .formatted(
                update.userId(),
                Instant.ofEpochMilli(update.asOf()),
                update.cause(),
                update.causeId() == null ? "" : " " + update.causeId()),
        "Correct the row behind it: the user's next result is stored again");
  }
}
