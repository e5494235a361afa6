package io.rekindle.job;

import io.rekindle.connectors.capture.Captured;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.serialization.EventTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Lets changes through and sends dead letters aside. Proofs of time have done their work. */
final class ByOutcome<T> extends ProcessFunction<Captured<T>, T> {

  private static final long serialVersionUID = 1L;

  static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", EventTypeInfo.DEAD_LETTER);

  @Override
  public void processElement(Captured<T> captured, Context context, Collector<T> changes) {
    if (captured.isChange()) {
      changes.collect(captured.change());
    } else if (captured.isDeadLetter()) {
      context.output(DEAD_LETTERS, captured.deadLetter());
    }
  }
}
