package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir Path flink;

  private Checkpoints checkpoints;

  @BeforeEach
  void createDirectories() throws IOException {
    Files.createDirectories(flink.resolve("checkpoints/0123456789abcdef/shared"));
    Files.createDirectories(flink.resolve("savepoints"));
    checkpoints = new Checkpoints(flink.resolve("checkpoints"), flink.resolve("savepoints"));
  }

  @Test
  void shouldFindNothingBeforeTheFirst() throws IOException {
    Files.createDirectories(flink.resolve("checkpoints/0123456789abcdef/chk-1"));

    assertThat(checkpoints.newest()).isEmpty();
    assertThat(checkpoints.any()).isFalse();
  }

  @Test
  void shouldTakeTheNewestOfCheckpointsAndSavepoints() throws IOException {
    complete("checkpoints/0123456789abcdef/chk-9", NOON);
    complete("savepoints/savepoint-012345-6789", NOON.plusSeconds(1));
    complete("checkpoints/fedcba9876543210/chk-2", NOON.minusSeconds(1));

    assertThat(checkpoints.newest()).contains(flink.resolve("savepoints/savepoint-012345-6789"));
  }

  @Test
  void shouldPassOverWhatCouldNotBeRestored() throws IOException {
    complete("checkpoints/0123456789abcdef/chk-1", NOON);
    complete("checkpoints/0123456789abcdef/chk-2", NOON.plusSeconds(10));

    checkpoints.markUnusable(flink.resolve("checkpoints/0123456789abcdef/chk-2"));

    assertThat(checkpoints.newest()).contains(flink.resolve("checkpoints/0123456789abcdef/chk-1"));
  }

  @Test
  void shouldKnowOfCheckpointsEvenIfAllAreUnusable() throws IOException {
    complete("checkpoints/0123456789abcdef/chk-1", NOON);

    checkpoints.markUnusable(flink.resolve("checkpoints/0123456789abcdef/chk-1"));

    assertThat(checkpoints.newest()).isEmpty();
    assertThat(checkpoints.any()).isTrue();
    checkpoints.forgetUnusable();
    assertThat(checkpoints.newest()).isPresent();
  }

  private void complete(String directory, Instant at) throws IOException {
    Path metadata = flink.resolve(directory).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    Files.createFile(metadata);
    Files.setLastModifiedTime(metadata, FileTime.from(at));
  }
}
