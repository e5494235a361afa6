package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.scoring.Score;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Collects results in batches. A thread of its own stores a batch while the next one fills. A
 * second full batch waits for the first, so a slow database slows the job down.
 *
 * <p>The task's thread calls all methods.
 *
 * @param <T> type of the results
 */
final class DatabaseWriter<T> implements SinkWriter<T> {

  /** Metric group and names. */
  static final String GROUP = "rekindle";

  /** Counter: stored rows. */
  static final String STORED_ROWS = "storedRows";

  /** Gauge: watermark of the stored results, epoch milliseconds; -1 before the first. */
  static final String STORED_UNTIL = "storedUntil";

  /** The shortest interval of progress without a row. */
  private static final long PROGRESS_INTERVAL_MS = 200;

  private final Tables<T> tables;
  private final RetryingDatabase<T> database;
  private final RefusedRows refusedRows;
  private final long flushIntervalMs;
  private final int flushRows;
  private final ProcessingTimeService time;
  private final ExecutorService storing;
  private final Counter storedRows;

  private Tables.Batch<T> filling;
  private int buffered;
  private Future<List<DeadLetter>> inFlight;
  private Future<?> nextTick;
  private long watermark = Score.NEVER;
  private long sentWatermark = Score.NEVER;
  private long progressSentAt = Long.MIN_VALUE;
  private volatile long storedUntil = -1;

  DatabaseWriter(
      Tables<T> tables,
      RetryingDatabase<T> database,
      RefusedRows refusedRows,
      long flushIntervalMs,
      int flushRows,
      ProcessingTimeService time,
      MetricGroup metrics) {
    this.tables = tables;
    this.database = database;
    this.refusedRows = refusedRows;
    this.filling = tables.newBatch();
    this.flushIntervalMs = flushIntervalMs;
    this.flushRows = flushRows;
    this.time = time;
    this.storing =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "rekindle-database-writer");
              thread.setDaemon(true);
              return thread;
            });
    MetricGroup group = metrics.addGroup(GROUP);
    this.storedRows = group.counter(STORED_ROWS);
    group.gauge(STORED_UNTIL, () -> storedUntil);
    scheduleTick();
  }

  @Override
  public void write(T element, Context context) throws IOException, InterruptedException {
    filling.add(element);
    buffered++;
    if (buffered >= flushRows) {
      awaitStored();
      send();
    }
  }

  @Override
  public void writeWatermark(Watermark mark) {
    // The end of the input proves nothing about time.
    if (mark.getTimestamp() != Watermark.MAX_WATERMARK.getTimestamp()) {
      watermark = Math.max(watermark, mark.getTimestamp());
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    awaitStored();
    if (buffered > 0 || watermark > sentWatermark) {
      send();
      awaitStored();
    }
    refusedRows.flush();
  }

  private void scheduleTick() {
    nextTick = time.registerTimer(time.getCurrentProcessingTime() + flushIntervalMs, this::tick);
  }

  private void tick(long now) throws IOException, InterruptedException {
    if (inFlight == null || inFlight.isDone()) {
      awaitStored();
      boolean progress = watermark > sentWatermark && now - PROGRESS_INTERVAL_MS >= progressSentAt;
      if (buffered > 0 || progress) {
        send();
      }
    }
    scheduleTick();
  }

  /** Sends the buffered results. All older ones were sent before, so the watermark holds. */
  private void send() {
    Tables.Batch<T> batch = filling;
    long until = watermark > sentWatermark ? watermark : Score.NEVER;
    filling = tables.newBatch();
    buffered = 0;
    sentWatermark = watermark;
    progressSentAt = time.getCurrentProcessingTime();
    inFlight =
        storing.submit(
            () -> {
              List<DeadLetter> refused = database.store(batch, until);
              storedRows.inc(batch.rows() - refused.size());
              storedUntil = until == Score.NEVER ? storedUntil : until;
              return refused;
            });
  }

  /** Waits for the present batch, fails with it, and hands its refused rows on. */
  private void awaitStored() throws IOException, InterruptedException {
    if (inFlight == null) {
      return;
    }
    List<DeadLetter> refused;
    try {
      refused = inFlight.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException("Results could not be stored", e.getCause());
    }
    inFlight = null;
    refusedRows.write(refused);
  }

  @Override
  public void close() {
    nextTick.cancel(false);
    storing.shutdownNow();
    try {
      if (!storing.awaitTermination(1, TimeUnit.SECONDS)) {
        database.abort();
        storing.awaitTermination(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      database.abort();
      Thread.currentThread().interrupt();
    }
    database.close();
    refusedRows.close();
  }
}
