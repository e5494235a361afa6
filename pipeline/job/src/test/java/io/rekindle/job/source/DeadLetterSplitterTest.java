package io.rekindle.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.cdc.Beat;
import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Closing a harness may be interrupted.
class DeadLetterSplitterTest {

  private static final String ORDERS = "rekindle.shop.orders";
  private static final long NOON = 1_795_348_800_000L;

  private OneInputStreamOperatorTestHarness<CdcRecord<String>, String> harness(
      OperatorSubtaskState state) throws Exception {
    OneInputStreamOperatorTestHarness<CdcRecord<String>, String> harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new DeadLetterSplitter<String>()), 128, 1, 0);
    harness.setup();
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  /** The tick of a heartbeat every second. */
  private static CdcRecord<String> tick(int partition, long number) {
    return tick(partition, number, NOON + 1_000 * number);
  }

  private static CdcRecord<String> tick(int partition, long number, long at) {
    return tick(partition, number, at, NOON + 1_000 * (number - 1));
  }

  private static CdcRecord<String> tick(int partition, long number, long at, long previous) {
    return CdcRecord.tick(
        at,
        new Beat(false, number, at, previous),
        new ConsumerRecord<>(
            ORDERS,
            partition,
            number,
            "{}".getBytes(StandardCharsets.UTF_8),
            "tick".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shouldReportAGapOnceWithItsOrigin() throws Exception {
    try (var splitter = harness(null)) {
      splitter.processElement(tick(0, 7), 0);
      splitter.processElement(tick(1, 7), 0);
      splitter.processElement(tick(0, 8), 0);
      splitter.processElement(tick(0, 11), 0);
      splitter.processElement(tick(0, 12), 0);

      assertThat(splitter.getOutput()).isEmpty();
      assertThat(splitter.getSideOutput(DeadLetterSplitter.DEAD_LETTERS))
          .singleElement()
          .satisfies(
              letter -> {
                DeadLetter lost = letter.getValue();
                assertThat(lost.reason()).isEqualTo(DeadLetterReason.CHANGES_LOST);
                assertThat(lost.partition()).isZero();
                assertThat(lost.offset()).isEqualTo(11);
                assertThat(lost.value()).asString().isEqualTo("tick");
                assertThat(lost.error()).startsWith("2 ticks are missing before tick 11");
              });
    }
  }

  @Test
  void shouldIgnoreRepeatedTicksAndPassChangesOn() throws Exception {
    try (var splitter = harness(null)) {
      splitter.processElement(tick(0, 7), 0);
      splitter.processElement(tick(0, 8), 0);
      splitter.processElement(CdcRecord.change("change", NOON), 0);
      splitter.processElement(tick(0, 7), 0);
      splitter.processElement(tick(0, 8), 0);
      splitter.processElement(tick(0, 9), 0);

      assertThat(splitter.extractOutputValues()).containsExactly("change");
      assertThat(splitter.getSideOutput(DeadLetterSplitter.DEAD_LETTERS)).isNull();
    }
  }

  @Test
  void shouldStopAtAnotherHistoryAlsoAfterARestore() throws Exception {
    OperatorSubtaskState state;
    try (var splitter = harness(null)) {
      splitter.processElement(tick(0, 7), 0);
      splitter.processElement(tick(0, 8), 0);
      state = splitter.snapshot(1, 1);
    }
    try (var splitter = harness(state)) {
      splitter.processElement(tick(0, 8), 0);
      assertThatThrownBy(() -> splitter.processElement(tick(0, 5, NOON + 60_000), 0))
          .isInstanceOf(StopJobException.class)
          .hasMessageContaining("tick 5 in rekindle.shop.orders-0 does not follow tick 8")
          .hasMessageContaining("Database restored from a backup");
    }
  }

  @Test
  void shouldGoOnFromTheLatestLinkOfAllReadersAfterTheClockWasSetBack() throws Exception {
    OperatorSubtaskState before;
    try (var splitter = harness(null)) {
      splitter.processElement(tick(0, 7, NOON), 0);
      before = splitter.snapshot(1, 1);
    }
    OperatorSubtaskState after;
    try (var splitter = harness(before)) {
      // The clock is set back, so no time is newer than the first.
      splitter.processElement(tick(0, 8, NOON - 60_000, NOON), 0);
      splitter.processElement(tick(0, 9, NOON - 59_000, NOON - 60_000), 0);
      after = splitter.snapshot(2, 2);
    }
    // The first reader had the partition until the restore before, and the second has it since.
    for (var readers : List.of(List.of(before, after), List.of(after, before))) {
      try (var splitter =
          harness(
              AbstractStreamOperatorTestHarness.repackageState(readers.get(0), readers.get(1)))) {
        splitter.processElement(tick(0, 10, NOON + 1_000, NOON - 59_000), 0);
        assertThat(splitter.getSideOutput(DeadLetterSplitter.DEAD_LETTERS)).isNull();
      }
    }
  }
}
