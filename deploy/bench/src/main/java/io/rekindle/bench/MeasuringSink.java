package io.rekindle.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Discards all results. Reports to a {@link Run} of the same JVM when all subtasks have started,
 * and when the watermark of all has passed an instant.
 */
final class MeasuringSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  /** The runs by number, since Flink serializes the sink and cannot serialize a run. */
  private static final List<Run> RUNS = new CopyOnWriteArrayList<>();

  private final int run;

  /** One run of the job over the input. */
  static final class Run {

    private final long end;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final LongAdder records = new LongAdder();
    private long[] watermarks = new long[0];
    private int openWriters;

    /**
     * @param end event time at the end of the input, epoch milliseconds
     */
    Run(long end) {
      this.end = end;
    }

    void awaitStart() throws InterruptedException {
      started.await();
    }

    /** Waits for the end; returns whether it came within the given time. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
      return finished.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    long records() {
      return records.sum();
    }

    private synchronized void opened(int parallelism) {
      if (watermarks.length == 0) {
        watermarks = new long[parallelism];
        Arrays.fill(watermarks, Long.MIN_VALUE);
      }
      if (++openWriters == parallelism) {
        started.countDown();
      }
    }

    private synchronized void reached(int subtask, long watermark) {
      watermarks[subtask] = watermark;
      if (Arrays.stream(watermarks).allMatch(reached -> reached >= end)) {
        finished.countDown();
      }
    }
  }

  MeasuringSink(Run run) {
    RUNS.add(run);
    this.run = RUNS.size() - 1;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    Run to = RUNS.get(run);
    int subtask = context.getTaskInfo().getIndexOfThisSubtask();
    to.opened(context.getTaskInfo().getNumberOfParallelSubtasks());
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context elementContext) {
        to.records.increment();
      }

      @Override
      public void writeWatermark(Watermark watermark) {
        to.reached(subtask, watermark.getTimestamp());
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
