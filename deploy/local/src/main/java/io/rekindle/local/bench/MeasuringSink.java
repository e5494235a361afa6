package io.rekindle.local.bench;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Throws everything away, and tells when all parts of the job have started and when time has passed
 * an instant in all of them. What it tells is static: the job runs in the JVM that asks.
 */
final class MeasuringSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  static final LongAdder RECORDS = new LongAdder();
  static final CountDownLatch STARTED = new CountDownLatch(1);
  static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static final Object LOCK = new Object();
  private static long[] watermarks = new long[0];
  private static int openWriters;

  private final long end;

  /**
   * @param end event time at which all input has been worked off, epoch milliseconds
   */
  MeasuringSink(long end) {
    this.end = end;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    int parallelism = context.getTaskInfo().getNumberOfParallelSubtasks();
    int subtask = context.getTaskInfo().getIndexOfThisSubtask();
    synchronized (LOCK) {
      if (watermarks.length == 0) {
        watermarks = new long[parallelism];
        Arrays.fill(watermarks, Long.MIN_VALUE);
      }
      if (++openWriters == parallelism) {
        STARTED.countDown();
      }
    }
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context elementContext) {
        RECORDS.increment();
      }

      @Override
      public void writeWatermark(Watermark watermark) {
        synchronized (LOCK) {
          watermarks[subtask] = watermark.getTimestamp();
          if (Arrays.stream(watermarks).allMatch(reached -> reached >= end)) {
            FINISHED.countDown();
          }
        }
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
