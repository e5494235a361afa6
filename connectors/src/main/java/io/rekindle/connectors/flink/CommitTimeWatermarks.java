package io.rekindle.connectors.flink;

import io.rekindle.connectors.cdc.CdcRecord;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Advances event time by the database's commit times. The watermark is the newest commit that a
 * partition proves, less a skew, less one millisecond because commits share milliseconds.
 *
 * <p>Partitions never become idle. A partition that is silent because capture stalled must hold
 * time back. Ticks keep every working partition from being silent.
 *
 * @param <T> type of the changes
 */
public final class CommitTimeWatermarks<T> implements WatermarkStrategy<CdcRecord<T>> {

  private static final long serialVersionUID = 1L;

  private final long skewMs;

  /**
   * @param skew the largest disagreement of commit times with the order of commits. Postgres takes
   *     the time just before it writes the commit, so neighbours can swap
   */
  public CommitTimeWatermarks(Duration skew) {
    if (skew.isNegative()) {
      throw new IllegalArgumentException("The skew of commit times is " + skew + ", below zero");
    }
    this.skewMs = skew.toMillis();
  }

  @Override
  public TimestampAssigner<CdcRecord<T>> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    return (record, kafkaTimestamp) ->
        record.completeUntil() == CdcRecord.COMPLETENESS_UNKNOWN
            ? kafkaTimestamp
            : record.completeUntil();
  }

  @Override
  public WatermarkGenerator<CdcRecord<T>> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    return new Newest<>(skewMs);
  }

  private static final class Newest<T> implements WatermarkGenerator<CdcRecord<T>> {

    private final long skewMs;
    private long newest = CdcRecord.COMPLETENESS_UNKNOWN;
    private long emitted = CdcRecord.COMPLETENESS_UNKNOWN;

    Newest(long skewMs) {
      this.skewMs = skewMs;
    }

    @Override
    public void onEvent(CdcRecord<T> record, long timestamp, WatermarkOutput output) {
      newest = Math.max(newest, record.completeUntil());
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (newest > emitted) {
        emitted = newest;
        output.emitWatermark(new Watermark(newest - skewMs - 1));
      }
    }
  }
}
