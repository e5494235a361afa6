package io.rekindle.local.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
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
    checkpoints = from(null);
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

  @Test
  void shouldNotGoBackBehindTheNewestSavepoint() throws IOException {
    complete("savepoints/savepoint-012345-1", NOON);
    complete("checkpoints/0123456789abcdef/chk-1", NOON.plusSeconds(1));
    complete("savepoints/savepoint-012345-2", NOON.plusSeconds(2));

    checkpoints.markUnusable(flink.resolve("savepoints/savepoint-012345-2"));

    assertThat(checkpoints.newest()).isEmpty();
    assertThat(checkpoints.any()).isTrue();
  }

  @Test
  void shouldKeepTheNewestThreeSavepointsAndTheCheckpointsSince() throws IOException {
    for (int i = 1; i <= 5; i++) {
      complete("savepoints/savepoint-012345-" + i, NOON.plusSeconds(i));
    }
    complete("checkpoints/0123456789abcdef/chk-1", NOON);
    complete("checkpoints/fedcba9876543210/chk-7", NOON.plusSeconds(4));
    complete("checkpoints/fedcba9876543210/chk-8", NOON.plusSeconds(6));

    checkpoints.prune();

    assertThat(names("savepoints"))
        .containsExactlyInAnyOrder(
            "savepoint-012345-3", "savepoint-012345-4", "savepoint-012345-5");
    assertThat(names("checkpoints")).containsExactly("fedcba9876543210");
  }

  @Test
  void shouldDeleteNothingBeforeTheFirstSavepoint() throws IOException {
    complete("checkpoints/0123456789abcdef/chk-1", NOON);

    checkpoints.prune();

    assertThat(checkpoints.newest()).isPresent();
  }

  @Test
  void shouldGoBackToWhatWasAskedForUntilTheJobHasTakenOneOfItsOwn() throws IOException {
    Path asked = flink.resolve("savepoints/savepoint-012345-1");
    complete("savepoints/savepoint-012345-1", NOON);
    complete("savepoints/savepoint-012345-2", NOON.plusSeconds(1));
    complete("checkpoints/0123456789abcdef/chk-1", NOON.plusSeconds(2));

    checkpoints = from(asked);

    assertThat(checkpoints.newest()).contains(asked);
    assertThat(checkpoints.isSavepoint(asked)).isTrue();
    checkpoints.markUnusable(asked);
    assertThat(checkpoints.newest()).isEmpty();
    assertThat(checkpoints.any()).isTrue();
    checkpoints.forgetUnusable();
    complete("checkpoints/fedcba9876543210/chk-1", NOON.plusSeconds(3));
    assertThat(checkpoints.newest()).contains(flink.resolve("checkpoints/fedcba9876543210/chk-1"));
  }

  @Test
  void shouldRefuseWhatIsNoSavepoint() {
    assertThatThrownBy(() -> from(flink.resolve("savepoints")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is no savepoint");
  }

  private Checkpoints from(Path asked) {
    return new Checkpoints(flink.resolve("checkpoints"), flink.resolve("savepoints"), asked);
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> entries = Files.list(flink.resolve(directory))) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  private void complete(String directory, Instant at) throws IOException {
    Path metadata = flink.resolve(directory).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    Files.createFile(metadata);
    Files.setLastModifiedTime(metadata, FileTime.from(at));
  }
}
