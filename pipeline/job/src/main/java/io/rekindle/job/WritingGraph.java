package io.rekindle.job;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.source.DeadLetterSplitter;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;

/**
 * The graph from a decision to the email. It reads the decisions from a topic, and not from the
 * operator that made them. Requests therefore wait in Kafka for a slow model or an absent database,
 * and no score waits with them. The graph has no event time.
 */
public final class WritingGraph {

  /** The writer has its own deadline. */
  private static final long NO_TIMEOUT = 0;

  private WritingGraph() {}

  /**
   * Adds the graph to an environment.
   *
   * @param parallelism the parallelism of reading and writing, at most the topic's partitions
   * @param capacity the most unfinished emails of each parallel part
   */
  public static void define(
      StreamExecutionEnvironment env,
      Source<CdcRecord<Decision>, ?, ?> requests,
      AsyncFunction<Decision, DeadLetter> writing,
      Sink<DeadLetter> deadLetters,
      int parallelism,
      int capacity) {
    SingleOutputStreamOperator<Decision> toWrite =
        env.fromSource(requests, WatermarkStrategy.noWatermarks(), "Read requests")
            .uid(Uids.READ_REQUESTS)
            .setParallelism(parallelism)
            .process(new DeadLetterSplitter<>(), EventTypeInfo.of(Decision.class))
            .uid(Uids.REQUESTS_SPLIT)
            .name("Requests or dead letters")
            .setParallelism(parallelism);

    SingleOutputStreamOperator<DeadLetter> refused =
        AsyncDataStream.unorderedWait(toWrite, writing, NO_TIMEOUT, TimeUnit.MILLISECONDS, capacity)
            .returns(EventTypeInfo.DEAD_LETTER)
            .uid(Uids.WRITE_EMAILS)
            .name("Write emails")
            .setParallelism(parallelism);

    toWrite
        .getSideOutput(DeadLetterSplitter.DEAD_LETTERS)
        .union(refused)
        // Without a chain, the name of the operator fits into Flink's metrics.
        .rebalance()
        .sinkTo(deadLetters)
        .uid(Uids.REQUEST_DEAD_LETTERS)
        .name("Keep dead requests")
        .setParallelism(1);
  }
}
