package io.rekindle.local.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The job's checkpoints and savepoints on disk, and which of them to go on from. */
final class Checkpoints {

  /** A checkpoint is complete once this is in it. */
  private static final String METADATA = "_metadata";

  // checkpoints/<job>/chk-<n>/_metadata, savepoints/savepoint-<…>/_metadata
  private static final int DEPTH = 3;

  private final List<Path> roots;
  private final Set<Path> unusable = new HashSet<>();

  Checkpoints(Path checkpoints, Path savepoints) {
    this.roots = List.of(checkpoints, savepoints);
  }

  private record Complete(Path directory, FileTime at) {}

  /** The newest one that is complete and was not found unusable. */
  Optional<Path> newest() {
    return complete().stream()
        .filter(checkpoint -> !unusable.contains(checkpoint.directory()))
        .max(Comparator.comparing(Complete::at))
        .map(Complete::directory);
  }

  /** Whether there is any: if so, beginning with nothing would lose what the job knows. */
  boolean any() {
    return !complete().isEmpty();
  }

  /** The job did not start from it: the next one is tried. */
  void markUnusable(Path checkpoint) {
    unusable.add(checkpoint);
  }

  /** Tries all of them again; what stood in the way may have gone. */
  void forgetUnusable() {
    unusable.clear();
  }

  /**
   * All that are complete.
   *
   * @throws UncheckedIOException also if the job removes one just now
   */
  private List<Complete> complete() {
    List<Complete> complete = new ArrayList<>();
    for (Path root : roots) {
      try (Stream<Path> files = Files.find(root, DEPTH, (path, a) -> path.endsWith(METADATA))) {
        for (Path file : files.toList()) {
          complete.add(new Complete(file.getParent(), Files.getLastModifiedTime(file)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return complete;
  }
}
