package io.rekindle.local.stack;

import io.rekindle.local.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The programs of a PostgreSQL server, which come as an archive in a jar on the class path. */
final class PostgresBinaries {

  /** The major version of the archive; a server only starts on data of its own. */
  static final String MAJOR = "17";

  private PostgresBinaries() {}

  /** Unpacks the programs into a directory, unless they are there already. */
  static void unpack(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".unfinished");
    try (InputStream archive = open()) {
      deleteTree(unfinished);
      Files.createDirectories(unfinished);
      extract(archive, unfinished);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack Postgres", e);
    }
  }

  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
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
