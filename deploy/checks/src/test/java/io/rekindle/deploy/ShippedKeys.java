package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The scripts that make keys for containers and for Kubernetes. Without OpenSSL a test is skipped.
 */
final class ShippedKeys {

  private ShippedKeys() {}

  /** Returns a directory below the given one with what {@code new-certificates} makes. */
  static Path forContainers(Path directory, String name) throws Exception {
    Path keys = directory.resolve(name);
    run(
        directory.resolve(name + ".log"),
        "deploy/docker/new-certificates",
        keys.toAbsolutePath().toString());
    return keys;
  }

  /** Returns the Secrets that {@code new-flink-key} prints, as YAML. */
  static String forFlinkOnKubernetes(Path directory) throws Exception {
    Path printed = directory.resolve("new-flink-key.yaml");
    run(printed, "deploy/kubernetes/new-flink-key");
    return Files.readString(printed);
  }

  private static void run(Path output, String script, String... arguments) throws Exception {
    assumeTrue(isOnPath("openssl"), script + " needs OpenSSL");
    List<String> command =
        new ArrayList<>(List.of("bash", Repository.ROOT.resolve(script).toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }
}
