package io.rekindle.job.source;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.flink.EventTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Passes changes on, sends dead letters to a side output, and drops proofs of time. */
public final class DeadLetterSplitter<T> extends ProcessFunction<CdcRecord<T>, T> {

  private static final long serialVersionUID = 1L;

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", EventTypeInfo.DEAD_LETTER);

  @Override
  public void processElement(CdcRecord<T> record, Context context, Collector<T> changes) {
    if (record.isChange()) {
      changes.collect(record.change());
    } else if (record.isDeadLetter()) {
      context.output(DEAD_LETTERS, record.deadLetter());
    }
  }
}
