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
 * A server's classes as the JVM has them in memory (class data sharing), which saves a third of its
 * start. The first run of a class path leaves them behind when it ends in good order, and those
 * after it begin with them.
 */
public final class ClassArchive {

  private static final String PREFIX = "classes-";

  /** A JVM that cannot use an archive goes on without, and need not say so. */
  private static final List<String> QUIETLY = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

  private ClassArchive() {}

  /**
   * What a JVM is to be started with.
   *
   * @param directory where archives are; those of other class paths are deleted
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

  /** Another one if a jar or the JVM is. */
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

  /** The JVM writes the beginning last: one that was killed meanwhile has left nothing there. */
  private static boolean isComplete(Path archive) throws IOException {
    if (!Files.exists(archive) || Files.size(archive) < Integer.BYTES) {
      return false;
    }
    try (DataInputStream in = new DataInputStream(Files.newInputStream(archive))) {
      return in.readInt() != 0;
    }
  }
}
