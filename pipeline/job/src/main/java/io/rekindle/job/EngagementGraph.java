package io.rekindle.job;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.flink.CommitTimeWatermarks;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.job.engagement.EngagementOperator;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.DailyCapOperator;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.job.source.DeadLetterSplitter;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The graph from changes to scores and decisions. Production, tests and the benchmark run it with
 * their own sources and sinks. {@link WritingGraph} continues from the decisions.
 */
public final class EngagementGraph {

  private EngagementGraph() {}

  /**
   * The sources of the graph.
   *
   * @param changes the changes of users, orders, emails and overrides
   * @param ruleChanges the changes of scoring policies and of the rules of outreach
   * @param parallelism the parallelism of the source of changes, at most the partitions of a topic.
   *     A reader without a partition would hold time back for ever.
   */
  public record Sources(
      Source<CdcRecord<Change>, ?, ?> changes,
      Source<CdcRecord<RuleChange>, ?, ?> ruleChanges,
      int parallelism) {}

  /**
   * The sinks of the graph.
   *
   * @param scores receives every score update
   * @param scoreChanges receives the updates that changed score, band or at risk
   * @param policyInForce receives the policy in force at every change
   * @param decisions receives the decision about each episode
   * @param requests receives the decisions to write an email
   * @param deadLetters receives the refused records
   */
  public record Sinks(
      Sink<ScoreUpdate> scores,
      Sink<ScoreUpdate> scoreChanges,
      Sink<PolicyInForce> policyInForce,
      Sink<Decision> decisions,
      Sink<Decision> requests,
      Sink<DeadLetter> deadLetters) {}

  /**
   * Adds the graph to an environment.
   *
   * @param commitSkew the largest disagreement of commit times with log order
   * @param tombstoneRetention the time for which the state remembers a deleted row
   * @param backfillQuietTime the time without an order from before after which a user to whom such
   *     orders were added is evaluated
   */
  public static void define(
      StreamExecutionEnvironment env,
      Sources sources,
      Sinks sinks,
      Duration commitSkew,
      Duration tombstoneRetention,
      Duration backfillQuietTime) {
    SingleOutputStreamOperator<Change> changes =
        env.fromSource(sources.changes(), new CommitTimeWatermarks<>(commitSkew), "Read changes")
            .uid(Uids.CHANGES)
            .setParallelism(sources.parallelism())
            .process(new DeadLetterSplitter<>(), EventTypeInfo.CHANGE)
            .uid(Uids.CHANGES_SPLIT)
            .name("Changes or dead letters")
            .setParallelism(sources.parallelism());

    SingleOutputStreamOperator<RuleChange> ruleChanges =
        env.fromSource(
                sources.ruleChanges(), new CommitTimeWatermarks<>(commitSkew), "Read rule changes")
            .uid(Uids.RULE_CHANGES)
            .setParallelism(1)
            .process(new DeadLetterSplitter<>(), EventTypeInfo.RULE_CHANGE)
            .uid(Uids.RULE_CHANGES_SPLIT)
            .name("Rule changes or dead letters")
            .setParallelism(1);

    SingleOutputStreamOperator<ScoreUpdate> scoreUpdates =
        changes
            .keyBy(Change::userId, Types.STRING)
            .connect(ruleChanges.broadcast())
            .transform(
                "Evaluate engagement",
                EventTypeInfo.of(ScoreUpdate.class),
                new EngagementOperator(tombstoneRetention, backfillQuietTime))
            .uid(Uids.ENGAGEMENT);

    scoreUpdates.sinkTo(sinks.scores()).uid(Uids.SCORES).name("Store scores");

    scoreUpdates
        .filter(ScoreUpdate::changed)
        .uid(Uids.ONLY_CHANGED)
        .name("Only what changed")
        .sinkTo(sinks.scoreChanges())
        .uid(Uids.SCORE_CHANGES)
        .name("Publish score changes");

    scoreUpdates
        .getSideOutput(EngagementOperator.POLICY_IN_FORCE)
        .sinkTo(sinks.policyInForce())
        .uid(Uids.POLICY_IN_FORCE)
        .name("Store policy in force")
        .setParallelism(1);

    SingleOutputStreamOperator<Decision> decisions =
        scoreUpdates
            .getSideOutput(EngagementOperator.DECISIONS)
            .transform("Apply daily cap", EventTypeInfo.of(Decision.class), new DailyCapOperator())
            .uid(Uids.DAILY_CAP)
            .setParallelism(1)
            .setMaxParallelism(1)
            // In a job of parallelism 1 it would join the chain before it, and no savepoint of
            // another parallelism fits the maximum of that chain.
            .startNewChain();

    decisions
        .sinkTo(sinks.decisions())
        .uid(Uids.DECISIONS)
        .name("Store decisions")
        .setParallelism(1);

    decisions
        .filter(decision -> decision.kind() == Decision.Kind.EMAIL)
        .uid(Uids.ONLY_EMAILS)
        .name("Only emails")
        .setParallelism(1)
        .sinkTo(sinks.requests())
        .uid(Uids.REQUESTS)
        .name("Ask for emails")
        .setParallelism(1);

    changes
        .getSideOutput(DeadLetterSplitter.DEAD_LETTERS)
        .union(ruleChanges.getSideOutput(DeadLetterSplitter.DEAD_LETTERS))
        .sinkTo(sinks.deadLetters())
        .uid(Uids.DEAD_LETTERS)
        .name("Keep dead letters")
        .setParallelism(1);
  }
}
