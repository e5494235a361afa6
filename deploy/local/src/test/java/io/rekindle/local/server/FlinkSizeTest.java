package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.job.JobSettings.StateBackend;
import io.rekindle.local.terminal.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FlinkSizeTest {

  @Test
  void shouldStayAsItIsUnlessAskedOtherwise() {
    FlinkSize large = FlinkSize.STANDARD.with(8, 2, StateBackend.ROCKSDB);

    assertThat(large).isEqualTo(new FlinkSize(8, 2, StateBackend.ROCKSDB));
    assertThat(large.with(null, null, null)).isEqualTo(large);
  }

  @Test
  void shouldRefuseMorePartsThanSlots() {
    assertThatThrownBy(() -> FlinkSize.STANDARD.with(5, null, null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("--parallelism is 5")
        .hasMessageContaining("1 to 4, or more --task-managers");
    assertThatThrownBy(() -> FlinkSize.STANDARD.with(null, 0, null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("--task-managers is 0");
  }

  @Test
  void shouldRefuseToReadACheckpointOfAnotherStateBackend() {
    FlinkSize onDisk = FlinkSize.STANDARD.with(4, null, StateBackend.ROCKSDB);

    onDisk.refuseCheckpointOf(onDisk.with(2, null, null));
    assertThatThrownBy(() -> onDisk.refuseCheckpointOf(FlinkSize.STANDARD))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("start with --state-backend hashmap, stop, and start again");
  }

  @Test
  void shouldKnowTheSlotsThatAreConfigured() throws Exception {
    assertThat(Files.readString(Path.of("../config/flink/config.yaml")))
        .contains("numberOfTaskSlots: " + FlinkSize.SLOTS + "\n");
  }
}
