package io.rekindle.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rekindle.job.LocalCluster;
import io.rekindle.platform.rest.RootCause;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class CompleteSourceTest {

  /** Records 3 and later were deleted, as Kafka's consumer reports it within Flink's reader. */
  private static DataGeneratorSource<Long> sourceWithDeletedRecords() {
    return new DataGeneratorSource<>(
        index -> {
          if (index >= 3) {
            throw new IllegalStateException(
                "One or more fetchers have encountered exception",
                new OffsetOutOfRangeException(
                    Map.of(new TopicPartition("rekindle.shop.orders", 2), index)));
          }
          return index;
        },
        Long.MAX_VALUE,
        Types.LONG);
  }

  /** A source that looks for its topic, as Flink's source from Kafka does. */
  private static final class Looking
      implements Source<Long, NumberSequenceSplit, Collection<NumberSequenceSplit>>,
          ResultTypeQueryable<Long> {

    private static final long serialVersionUID = 1L;

    private final DataGeneratorSource<Long> source =
        new DataGeneratorSource<>(
            index -> index, Long.MAX_VALUE, RateLimiterStrategy.perSecond(100), Types.LONG);

    /**
     * The failures that Kafka answers, one after the other and the last for ever; null for none.
     */
    private final RuntimeException[] answers;

    private static final AtomicInteger ASKED = new AtomicInteger();
    private static final AtomicInteger ANSWERED = new AtomicInteger();

    Looking(RuntimeException... answers) {
      this.answers = answers;
      ASKED.set(0);
      ANSWERED.set(0);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
        SplitEnumeratorContext<NumberSequenceSplit> context) {
      context.callAsync(
          () -> {
            RuntimeException failure =
                answers[Math.min(ASKED.getAndIncrement(), answers.length - 1)];
            if (failure != null) {
              throw failure;
            }
            return "";
          },
          (value, failure) -> {
            if (failure != null) {
              throw new IllegalStateException("Failed to list the partitions", failure);
            }
            ANSWERED.incrementAndGet();
          },
          0,
          5);
      return source.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
        SplitEnumeratorContext<NumberSequenceSplit> context,
        Collection<NumberSequenceSplit> state) {
      return createEnumerator(context);
    }

    @Override
    public Boundedness getBoundedness() {
      return source.getBoundedness();
    }

    @Override
    public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context)
        throws Exception {
      return source.createReader(context);
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
      return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>>
        getEnumeratorCheckpointSerializer() {
      return source.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Long> getProducedType() {
      return source.getProducedType();
    }
  }

  private static RuntimeException late() {
    return new TimeoutException("Timed out waiting for a node assignment");
  }

  private static RuntimeException missing() {
    return new IllegalStateException(
        "Failed to get metadata for topics [rekindle.shop.orders]",
        new UnknownTopicOrPartitionException("This server does not host this topic-partition."));
  }

  /** Runs a job until it ends for good, and returns the trace of its failure. */
  private static String failure(CompleteSource<Long, ?, ?> source) throws Exception {
    Configuration restarts = new Configuration();
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(restarts);
    env.setParallelism(1);
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "read").sinkTo(new DiscardingSink<>());

    try (LocalCluster cluster = new LocalCluster()) {
      JobID job = cluster.submit(env);
      Throwable failure = catchThrowable(() -> cluster.await(job, () -> false));
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertThat(DeliberateStop.isRootCause(RootCause.in(trace.toString())))
          .as(trace.toString())
          .isTrue();
      return trace.toString();
    }
  }

  @Test
  void shouldEndTheJobWithoutARestartAndNameTheProcedure() throws Exception {
    assertThat(failure(CompleteSource.of(sourceWithDeletedRecords())))
        .contains("rekindle.shop.orders-2=3")
        .contains("Kafka or the job's state lost");
  }

  @Test
  void shouldEndTheJobWhenATopicIsDeletedAndNotWhenKafkaIsLate() throws Exception {
    Looking source =
        new Looking(
            null, late(), late(), missing(), missing(), null, missing(), late(), missing(),
            missing(), missing());

    assertThat(failure(CompleteSource.of(source)))
        .contains("Kafka no longer has a topic that the job reads")
        .contains("Kafka or the job's state lost");
    assertThat(Looking.ASKED.get()).isGreaterThanOrEqualTo(11);
    assertThat(Looking.ANSWERED).hasValue(2);
  }

  @Test
  void shouldKnowItsOwnRootCauseOnly() {
    assertThat(DeliberateStop.isRootCause("StopJobException: records are gone")).isTrue();
    assertThat(DeliberateStop.isRootCause("PSQLException: connection refused")).isFalse();
    assertThatThrownBy(
            () -> {
              throw new StopJobException("records are gone");
            })
        .hasNoCause();
  }
}
