package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.terminal.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacks the programs of a PostgreSQL server from an archive on the class path. */
final class PostgresBinaries {

  /** The major version of the archive. A server starts only on data of its own version. */
  static final String MAJOR = "17";

  private PostgresBinaries() {}

  /** Unpacks the programs into a directory, unless it has them. */
  static void unpack(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    try (InputStream archive = open()) {
      Files.createDirectories(directory.getParent());
      Path unfinished = Files.createTempDirectory(directory.getParent(), "postgres-");
      extract(archive, unfinished);
      moveUnlessThere(unfinished, directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack Postgres", e);
    }
  }

  /**
   * Copies the programs for a stack, by links on the same disk, unless the stack has a copy. A
   * running stack thus keeps its programs when the unpacked ones are deleted.
   */
  static void link(Path unpacked, Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(unpacked)) {
      Path unfinished = Files.createTempDirectory(directory.getParent(), "postgres-");
      for (Path path : paths.skip(1).toList()) {
        Path target = unfinished.resolve(unpacked.relativize(path));
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(target);
        } else {
          linkOrCopy(path, target);
        }
      }
      moveUnlessThere(unfinished, directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy Postgres", e);
    }
  }

  private static void linkOrCopy(Path file, Path target) throws IOException {
    try {
      Files.createLink(target, file);
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** Two stacks may start at the same time. The second one uses the result of the first. */
  private static void moveUnlessThere(Path unfinished, Path directory) throws IOException {
    try {
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
      DataDirectory.deleteTree(unfinished);
    }
  }

  private static InputStream open() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "darwin" : os.contains("linux") ? "linux" : os;
    String machine =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> arch;
        };
    String name = "/postgres-" + system + "-" + machine + ".txz";
    InputStream archive = PostgresBinaries.class.getResourceAsStream(name);
    if (archive == null) {
      throw new Failure(
          "the local stack has no Postgres for " + os + " on " + arch + ": use Linux or macOS");
    }
    return archive;
  }

  private static void extract(InputStream archive, Path directory) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new XZCompressorInputStream(new BufferedInputStream(archive, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
          throw new IOException("the archive has a path that leads out of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(tar, target);
          boolean program = target.getParent().getFileName().toString().equals("bin");
          Files.setPosixFilePermissions(
              target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }
}
