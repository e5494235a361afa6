package io.rekindle.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rekindle.job.LocalCluster;
import io.rekindle.platform.rest.RootCause;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
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

  @Test
  void shouldEndTheJobWithoutARestartAndNameTheProcedure() throws Exception {
    Configuration restarts = new Configuration();
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(restarts);
    env.setParallelism(1);
    env.fromSource(
            CompleteSource.of(sourceWithDeletedRecords()), WatermarkStrategy.noWatermarks(), "read")
        .sinkTo(new DiscardingSink<>());

    try (LocalCluster cluster = new LocalCluster()) {
      JobID job = cluster.submit(env);
      Throwable failure = catchThrowable(() -> cluster.await(job, () -> false));
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertThat(DeliberateStop.isRootCause(RootCause.in(trace.toString())))
          .as(trace.toString())
          .isTrue();
      assertThat(trace.toString())
          .contains("rekindle.shop.orders-2=3")
          .contains("Kafka or the job's state lost");
    }
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
