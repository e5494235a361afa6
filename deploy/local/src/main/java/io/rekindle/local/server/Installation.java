package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.text.Placeholders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The built repository, with class paths, configuration files and the job jar. */
public final class Installation {

  private final Path home;

  Installation(Path home) {
    this.home = home;
  }

  /** Returns the installation whose script started this JVM. */
  public static Installation current() {
    String home = System.getProperty("rekindle.home");
    if (home == null) {
      throw new Failure("start this with the script `rekindle` of the repository");
    }
    return new Installation(Path.of(home));
  }

  /**
   * Returns the jars of a runtime. Jars that the next build changes are copied first. A JVM whose
   * jars change while it runs fails with misleading errors.
   */
  public List<Path> jars(String runtime, DataDirectory data) {
    Path list = home.resolve("deploy/local/runtime").resolve(runtime).resolve("target/classpath");
    try {
      List<Path> jars = new ArrayList<>();
      for (String jar : Files.readString(list).strip().split(File.pathSeparator, -1)) {
        Path path = Path.of(jar);
        jars.add(path.startsWith(home) ? copy(path, data.lib(runtime)) : path);
      }
      return jars;
    } catch (IOException e) {
      throw notBuilt(e);
    }
  }

  String classPath(String runtime, DataDirectory data) {
    return jars(runtime, data).stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Returns the shaded jar of the Flink job. */
  public Path jobJar() {
    return onlyJar(home.resolve("pipeline/job/target"), "rekindle-job-[0-9.]+-shaded\\.jar");
  }

  /** Returns the jars with the transform that Kafka Connect loads. */
  List<Path> connectPluginJars() {
    return List.of(
        onlyJar(home.resolve("connectors/target"), "rekindle-connectors-[0-9.]+\\.jar"),
        onlyJar(home.resolve("platform/target"), "rekindle-platform-[0-9.]+\\.jar"));
  }

  /**
   * Writes a file of deploy/config with its placeholders filled.
   *
   * @param name path under deploy/config
   */
  public void configure(String name, Path target, Map<String, String> values) {
    try {
      String template = Files.readString(home.resolve("deploy/config").resolve(name));
      Files.createDirectories(target.getParent());
      Files.writeString(target, fill(name, template, values));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String fill(String name, String template, Map<String, String> values) {
    try {
      return Placeholders.CAPITALS.fill(template, values);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** Returns the directory of the unpacked Postgres programs, which all stacks share. */
  Path postgres() {
    return home.resolve("deploy/local/target/postgres-" + PostgresBinaries.MAJOR);
  }

  private static Path onlyJar(Path directory, String pattern) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches(pattern))
          .findFirst()
          .orElseThrow(() -> notBuilt(null));
    } catch (IOException e) {
      throw notBuilt(e);
    }
  }

  static Path copy(Path jar, Path directory) throws IOException {
    Files.createDirectories(directory);
    Path copy = directory.resolve(jar.getFileName());
    Path next = directory.resolve(jar.getFileName() + ".next");
    // The copy keeps its time, since a JVM compares it with the jar of its class archive.
    Files.copy(jar, next, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    return Files.move(
        next, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Failure notBuilt(IOException cause) {
    return new Failure("Rekindle is not built: run `mvn -DskipTests package`", cause);
  }
}
