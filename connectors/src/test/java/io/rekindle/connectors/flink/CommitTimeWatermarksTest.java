package io.rekindle.connectors.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.cdc.CdcRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class CommitTimeWatermarksTest implements WatermarkOutput {

  private final CommitTimeWatermarks<String> strategy =
      new CommitTimeWatermarks<>(Duration.ofMillis(100));
  private final WatermarkGenerator<CdcRecord<String>> generator =
      strategy.createWatermarkGenerator(null);
  private final List<Long> emitted = new ArrayList<>();

  @Test
  void shouldStayBehindTheNewestProvenTimeBySkewAndAMillisecond() {
    see(CdcRecord.change("a", 10_000));
    see(CdcRecord.progress(12_000));
    see(CdcRecord.change("late", 11_950));
    generator.onPeriodicEmit(this);
    assertThat(emitted).containsExactly(11_899L);
  }

  @Test
  void shouldSayNothingBeforeAnythingIsProven() {
    see(CdcRecord.change("snapshot", CdcRecord.COMPLETENESS_UNKNOWN));
    generator.onPeriodicEmit(this);
    assertThat(emitted).isEmpty();
  }

  @Test
  void shouldNotRepeatItself() {
    see(CdcRecord.progress(12_000));
    generator.onPeriodicEmit(this);
    generator.onPeriodicEmit(this);
    assertThat(emitted).hasSize(1);
  }

  @Test
  void shouldStampWhatProvesNothingWithKafkasTime() {
    var assigner = strategy.createTimestampAssigner(null);
    assertThat(assigner.extractTimestamp(CdcRecord.progress(12_000), 5)).isEqualTo(12_000);
    assertThat(assigner.extractTimestamp(CdcRecord.change("s", CdcRecord.COMPLETENESS_UNKNOWN), 5))
        .isEqualTo(5);
  }

  @Test
  void shouldRefuseANegativeSkew() {
    assertThatThrownBy(() -> new CommitTimeWatermarks<String>(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void see(CdcRecord<String> record) {
    generator.onEvent(record, 0, this);
    assertThat(emitted).as("emitted only from time to time").isEmpty();
  }

  @Override
  public void emitWatermark(Watermark watermark) {
    emitted.add(watermark.getTimestamp());
  }

  @Override
  public void markIdle() {
    throw new AssertionError("A partition is never idle");
  }

  @Override
  public void markActive() {}
}
