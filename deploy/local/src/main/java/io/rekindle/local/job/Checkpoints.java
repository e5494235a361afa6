package io.rekindle.local.job;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.terminal.Failure;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The job's checkpoints and savepoints on disk. Selects the one to restore and the ones to keep.
 *
 * <p>The newest savepoint replaces all older ones, since it has the whole state. Older savepoints
 * are only for an explicit return, since a start from them may need changes that Kafka has deleted.
 */
public final class Checkpoints {

  /** A complete checkpoint has this file. */
  private static final String METADATA = "_metadata";

  // checkpoints/<job>/chk-<n>/_metadata, savepoints/savepoint-<…>/_metadata
  private static final int DEPTH = 3;

  private static final int KEPT_SAVEPOINTS = 3;

  private static final Comparator<Complete> OLDEST_FIRST = Comparator.comparing(Complete::at);

  private final Path checkpoints;
  private final Path savepoints;
  private final Path requested;
  private final Set<Path> existing;
  private final Set<Path> unusable = new HashSet<>();

  /**
   * @param requested the directory to restore from; null for the newest
   * @throws Failure if that directory has no checkpoint or savepoint
   */
  public Checkpoints(Path checkpoints, Path savepoints, Path requested) {
    this.checkpoints = checkpoints;
    this.savepoints = savepoints;
    this.requested = requested == null ? null : requested.toAbsolutePath().normalize();
    if (requested != null && !Files.exists(requested.resolve(METADATA))) {
      throw new Failure(
          "%s is no savepoint: it has no %s. Savepoints of this stack are in %s"
              .formatted(requested, METADATA, savepoints));
    }
    this.existing =
        unreplaced().stream().map(Complete::directory).collect(Collectors.toUnmodifiableSet());
  }

  private record Complete(Path directory, FileTime at) {}

  /** Returns the newest complete one that was not marked as unusable. */
  public Optional<Path> newest() {
    return candidates().stream()
        .filter(checkpoint -> !unusable.contains(checkpoint.directory()))
        .max(OLDEST_FIRST)
        .map(Complete::directory);
  }

  /** Whether there is any. If so, a start without it would lose state. */
  boolean any() {
    return !candidates().isEmpty();
  }

  /** Marks one from which the job did not start. */
  void markUnusable(Path checkpoint) {
    unusable.add(checkpoint);
  }

  /** Forgets all marks, since the obstacle may be gone. */
  void forgetUnusable() {
    unusable.clear();
  }

  /** Whether it is a savepoint, which the job must not delete. */
  public boolean isSavepoint(Path directory) {
    return directory.startsWith(savepoints) || directory.equals(requested);
  }

  /**
   * Deletes all but the newest few savepoints, and the checkpoints of killed jobs before the newest
   * savepoint. No job may be running.
   */
  public void prune() throws IOException {
    List<Complete> taken = complete(savepoints).stream().sorted(OLDEST_FIRST.reversed()).toList();
    if (taken.isEmpty()) {
      return;
    }
    for (Complete old : taken.subList(Math.min(taken.size(), KEPT_SAVEPOINTS), taken.size())) {
      DataDirectory.deleteTree(old.directory());
    }
    Complete newest = taken.get(0);
    try (Stream<Path> jobs = Files.list(checkpoints)) {
      for (Path job : jobs.toList()) {
        if (complete(job).stream().allMatch(one -> OLDEST_FIRST.compare(one, newest) < 0)) {
          DataDirectory.deleteTree(job);
        }
      }
    }
  }

  /**
   * Returns the requested one until the job has a newer one. Afterwards returns the newest
   * savepoint and the checkpoints since.
   */
  private List<Complete> candidates() {
    List<Complete> candidates = unreplaced();
    if (requested != null) {
      candidates.removeIf(one -> existing.contains(one.directory()));
      if (candidates.isEmpty()) {
        candidates.add(new Complete(requested, FileTime.fromMillis(0)));
      }
    }
    return candidates;
  }

  /** Returns the newest savepoint and the checkpoints since. */
  private List<Complete> unreplaced() {
    List<Complete> unreplaced = new ArrayList<>(complete(checkpoints));
    complete(savepoints).stream()
        .max(OLDEST_FIRST)
        .ifPresent(
            savepoint -> {
              unreplaced.removeIf(one -> OLDEST_FIRST.compare(one, savepoint) < 0);
              unreplaced.add(savepoint);
            });
    return unreplaced;
  }

  /**
   * Returns all complete ones in a directory.
   *
   * @throws UncheckedIOException if the directory cannot be read, or the job deletes one meanwhile
   */
  private static List<Complete> complete(Path root) {
    try (Stream<Path> files = Files.find(root, DEPTH, (path, a) -> path.endsWith(METADATA))) {
      List<Complete> complete = new ArrayList<>();
      for (Path file : files.toList()) {
        complete.add(new Complete(file.getParent(), Files.getLastModifiedTime(file)));
      }
      return complete;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
