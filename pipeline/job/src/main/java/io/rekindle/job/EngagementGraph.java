package io.rekindle.job;

import io.rekindle.connectors.capture.Captured;
import io.rekindle.connectors.capture.CommitTimeWatermarks;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Control;
import io.rekindle.connectors.serialization.EventTypeInfo;
import io.rekindle.job.engagement.EngagementOperator;
import io.rekindle.job.engagement.Judgement;
import io.rekindle.job.engagement.JudgementSerializer;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The whole job, whatever it reads from and writes to: production, tests and the benchmark run this
 * same graph.
 */
public final class EngagementGraph {

  private EngagementGraph() {}

  /**
   * Where the input comes from.
   *
   * @param changes the changes that concern one user each
   * @param controls the changes of what holds for every user alike
   * @param parallelism of the reading of changes: more than a topic has partitions would leave a
   *     reader without any, and hold time back for ever
   */
  public record Sources(
      Source<Captured<Change>, ?, ?> changes,
      Source<Captured<Control>, ?, ?> controls,
      int parallelism) {}

  /**
   * Where the results go.
   *
   * @param scores gets every judgement
   * @param scoreChanges gets those that changed score, band or being at risk
   * @param deadLetters gets what could not be understood
   */
  public record Sinks(
      Sink<Judgement> scores, Sink<Judgement> scoreChanges, Sink<DeadLetter> deadLetters) {}

  /**
   * Adds the job to an environment.
   *
   * @param commitSkew how far commit times may be out of log order
   * @param tombstoneRetention how long a deleted row is remembered
   */
  public static void define(
      StreamExecutionEnvironment env,
      Sources sources,
      Sinks sinks,
      Duration commitSkew,
      Duration tombstoneRetention) {
    SingleOutputStreamOperator<Change> changes =
        env.fromSource(sources.changes(), new CommitTimeWatermarks<>(commitSkew), "Read changes")
            .uid(Uids.CHANGES)
            .setParallelism(sources.parallelism())
            .process(new ByOutcome<>(), EventTypeInfo.CHANGE)
            .uid(Uids.CHANGES_BY_OUTCOME)
            .name("Changes or dead letters")
            .setParallelism(sources.parallelism());

    SingleOutputStreamOperator<Control> controls =
        env.fromSource(sources.controls(), new CommitTimeWatermarks<>(commitSkew), "Read controls")
            .uid(Uids.POLICIES)
            .setParallelism(1)
            .process(new ByOutcome<>(), EventTypeInfo.CONTROL)
            .uid(Uids.POLICIES_BY_OUTCOME)
            .name("Controls or dead letters")
            .setParallelism(1);

    SingleOutputStreamOperator<Judgement> judgements =
        changes
            .keyBy(Change::userId, Types.STRING)
            .connect(controls.broadcast())
            .transform(
                "Judge engagement",
                JudgementSerializer.TYPE,
                new EngagementOperator(tombstoneRetention))
            .uid(Uids.ENGAGEMENT);

    judgements.sinkTo(sinks.scores()).uid(Uids.SCORES).name("Store scores");

    judgements
        .filter(Judgement::changed)
        .uid(Uids.ONLY_CHANGED)
        .name("Only what changed")
        .sinkTo(sinks.scoreChanges())
        .uid(Uids.SCORE_CHANGES)
        .name("Publish score changes");

    changes
        .getSideOutput(ByOutcome.DEAD_LETTERS)
        .union(controls.getSideOutput(ByOutcome.DEAD_LETTERS))
        .sinkTo(sinks.deadLetters())
        .uid(Uids.DEAD_LETTERS)
        .name("Keep dead letters")
        .setParallelism(1);
  }
}
