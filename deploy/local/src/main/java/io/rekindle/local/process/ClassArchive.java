package io.rekindle.local.process;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An archive of a server's classes (class data sharing), which saves a third of its start. The
 * first orderly end of a JVM with a class path writes the archive. Later starts use it.
 */
public final class ClassArchive {

  private static final String PREFIX = "classes-";

  /** A JVM without a usable archive starts without it and prints nothing. */
  private static final List<String> QUIETLY = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

  private ClassArchive() {}

  /**
   * Returns the JVM flags for the archive.
   *
   * @param directory the directory of archives; archives of other class paths are deleted
   */
  public static List<String> flags(Path directory, String classPath) {
    try {
      Files.createDirectories(directory);
      Path archive = directory.resolve(PREFIX + key(classPath) + ".jsa");
      boolean complete = isComplete(archive);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          boolean isArchive = file.getFileName().toString().startsWith(PREFIX);
          if (isArchive && !(complete && file.equals(archive))) {
            Files.delete(file);
          }
        }
      }
      String flag = complete ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=";
      return Stream.concat(QUIETLY.stream(), Stream.of(flag + archive)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Differs if a jar or the JVM differs. */
  private static String key(String classPath) throws IOException {
    StringBuilder content = new StringBuilder(System.getProperty("java.home"));
    content.append(System.getProperty("java.vm.version"));
    for (String jar : classPath.split(File.pathSeparator, -1)) {
      Path path = Path.of(jar);
      content.append('\n').append(jar).append(' ').append(Files.size(path));
      content.append(' ').append(Files.getLastModifiedTime(path).toMillis());
    }
    return UUID.nameUUIDFromBytes(content.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /**
   * Whether the archive is complete. The JVM writes the beginning last, so an interrupted archive
   * has none.
   */
  private static boolean isComplete(Path archive) throws IOException {
    if (!Files.exists(archive) || Files.size(archive) < Integer.BYTES) {
      return false;
    }
    try (DataInputStream in = new DataInputStream(Files.newInputStream(archive))) {
      return in.readInt() != 0;
    }
  }
}
