package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.IOUtils;

/**
 * The way of refused rows to the dead letters. The writer opens with the first one, since most jobs
 * never need it. The task's thread calls all methods.
 */
final class RefusedRows {

  /** Counter: rows that the database refused. */
  static final String REFUSED_ROWS = "refusedRows";

  /** A refused row has neither an event time nor a watermark. */
  private static final SinkWriter.Context NO_TIME =
      new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
          return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
          return null;
        }
      };

  private final Sink<DeadLetter> sink;
  private final WriterInitContext context;
  private final Counter refused;
  private SinkWriter<DeadLetter> writer;

  RefusedRows(Sink<DeadLetter> sink, WriterInitContext context) {
    this.sink = sink;
    this.context = context;
    this.refused = context.metricGroup().addGroup(DatabaseWriter.GROUP).counter(REFUSED_ROWS);
  }

  void write(List<DeadLetter> letters) throws IOException, InterruptedException {
    if (letters.isEmpty()) {
      return;
    }
    if (writer == null) {
      writer = sink.createWriter(context);
    }
    for (DeadLetter letter : letters) {
      writer.write(letter, NO_TIME);
      refused.inc();
    }
  }

  /** Returns after the dead letters are stored. */
  void flush() throws IOException, InterruptedException {
    if (writer != null) {
      writer.flush(false);
    }
  }

  /** What a checkpoint covers was flushed before, so a failure here loses nothing. */
  void close() {
    IOUtils.closeQuietly(writer);
  }
}
