package io.rekindle.local.stack;

import io.rekindle.local.server.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The output of the processes and Postgres' log. The processes keep these files open, and cannot
 * rotate them.
 */
final class OutputFiles {

  private static final long LIMIT = 10L << 20;

  private final Path directory;

  OutputFiles(Path directory) {
    this.directory = directory;
  }

  /** Empties files of more than 10 MB, and keeps the old content beside each. */
  void limit() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(OutputFiles::isOutput).toList()) {
        if (Files.size(file) > LIMIT) {
          Files.copy(
              file,
              file.resolveSibling(file.getFileName() + ".1"),
              StandardCopyOption.REPLACE_EXISTING);
          // The processes append, so the next line goes to the new end.
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
          }
        }
      }
    }
  }

  /** Returns the last lines of a file; none without the file. */
  static List<String> lastLines(Path file, int count) {
    try {
      List<String> lines = Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOutput(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".out")
        || name.equals(PostgresServer.NAME + ".log")
        || name.equals(Supervisor.NAME + ".log");
  }
}
