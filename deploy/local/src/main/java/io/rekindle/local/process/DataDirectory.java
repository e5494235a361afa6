package io.rekindle.local.process;

import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The data directory of a stack and its layout. */
public final class DataDirectory {

  private static final List<String> DIRECTORIES =
      List.of(
          "config",
          "flink/checkpoints",
          "flink/plugins",
          "flink/savepoints",
          "flink/tmp",
          "flink/uploads",
          "kafka",
          "lib",
          "logs",
          "run");

  /** The component that supervises the others. */
  public static final String SUPERVISOR = "supervisor";

  private static final String START_LOCK = "start.lock";
  private static final String PID_FILE = ".json";

  private final Path root;

  public DataDirectory(Path root) {
    this.root = root;
  }

  public Path root() {
    return root;
  }

  public Path settings() {
    return root.resolve("settings.json");
  }

  public Path config(String name) {
    return root.resolve("config").resolve(name);
  }

  public Path flink(String name) {
    return root.resolve("flink").resolve(name);
  }

  public Path kafka() {
    return root.resolve("kafka");
  }

  public Path postgres() {
    return root.resolve("postgres");
  }

  /** The copies of this stack's programs, which a new build does not change. */
  public Path lib(String name) {
    return root.resolve("lib").resolve(name);
  }

  public Path log(String component) {
    return root.resolve("logs").resolve(component + ".log");
  }

  /** The file with the output of a process, which is empty unless its JVM fails. */
  public Path output(String component) {
    return root.resolve("logs").resolve(component + ".out");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path pidFile(String component) {
    return root.resolve("run").resolve(component + PID_FILE);
  }

  /** The started components whose names begin with the given text. */
  public List<String> startedComponents(String prefix) {
    try (Stream<Path> files = Files.list(run())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix) && name.endsWith(PID_FILE))
          .map(name -> name.substring(0, name.length() - PID_FILE.length()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Creates the missing directories, for their owner only. An existing directory that others can
   * enter is closed to them, with all of its files.
   *
   * @return whether others could enter it
   * @throws Failure if the path is a file, or a directory with other files than a stack's
   */
  public boolean create() {
    refuseForeign();
    try {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      boolean wasOpen = PrivateFiles.isOpenToOthers(root);
      if (wasOpen) {
        // First of all, so that no file can be opened meanwhile.
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        PrivateFiles.restrict(root);
      }
      PrivateFiles.restrict(settings());
      for (String directory : DIRECTORIES) {
        Files.createDirectories(root.resolve(directory));
      }
      return wasOpen;
    } catch (IOException e) {
      throw new Failure("cannot create " + e.getMessage() + ": name another --data DIR", e);
    }
  }

  /**
   * Locks the directory for this process until it ends or closes the lock.
   *
   * @throws Failure if another process holds the lock; the message names that process
   */
  public FileLock lock() {
    return lock(
        "lock",
        () ->
            "a stack already runs on "
                + root
                + supervisor().map(pid -> " (supervisor pid " + pid.pid() + ")").orElse("")
                + ": stop it with `rekindle down`, or name another --data DIR");
  }

  /**
   * Locks the start of a stack for this process until it ends or closes the lock. A start in the
   * background shows what the stack's process writes, so there is only one start at a time.
   *
   * @throws Failure if another process starts a stack on the directory
   */
  public FileLock lockStart() {
    return lock(
        START_LOCK,
        () ->
            "another `rekindle up` is starting a stack on "
                + root
                + ": wait for its READY, or name another --data DIR");
  }

  private FileLock lock(String name, Supplier<String> refusal) {
    try {
      FileChannel channel =
          FileChannel.open(root.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new Failure(refusal.get());
      }
      return lock;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory with its content, if it exists. */
  public static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private Optional<Pid> supervisor() {
    return PidFile.read(pidFile(SUPERVISOR)).filter(Pid::alive);
  }

  private void refuseForeign() {
    if (!Files.exists(root) || Files.exists(settings())) {
      return;
    }
    if (!Files.isDirectory(root)) {
      throw new Failure(root + " is a file: name a directory with --data DIR");
    }
    List<String> knownEntries =
        List.of("config", "flink", "kafka", "lib", "lock", "logs", "run", "tls", START_LOCK);
    try (Stream<Path> entries = Files.list(root)) {
      entries
          .filter(entry -> !knownEntries.contains(entry.getFileName().toString()))
          .findFirst()
          .ifPresent(
              entry -> {
                throw new Failure(
                    root
                        + " is not the data directory of a stack: it has "
                        + entry.getFileName()
                        + ". Name an empty or new one with --data DIR");
              });
    } catch (IOException e) {
      throw new Failure("cannot read " + root + ": " + e.getMessage(), e);
    }
  }
}
