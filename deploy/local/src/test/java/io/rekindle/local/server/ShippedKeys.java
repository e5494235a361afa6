package io.rekindle.local.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.local.process.OneShot;
import io.rekindle.local.process.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The keys of containers and of Kubernetes, by their scripts. Without OpenSSL a test is skipped.
 */
final class ShippedKeys {

  private static final Path DEPLOY = Path.of("").toAbsolutePath().getParent();
  private static final Pattern FILE = Pattern.compile("(?m)^  ([a-z0-9.]+): ([A-Za-z0-9+/=]+)$");

  private ShippedKeys() {}

  /** Returns a directory of what {@code new-certificates} makes, below another directory. */
  static Path forContainers(Path directory) throws IOException {
    Path keys = directory.resolve("certificates");
    run("docker/new-certificates", directory.resolve("new-certificates.log"), keys.toString());
    return keys;
  }

  /** Returns a directory with the files of Flink's Secret, which {@code new-flink-key} prints. */
  static Path forFlinkOnKubernetes(Path directory) throws IOException {
    Path printed = directory.resolve("new-flink-key.yaml");
    run("kubernetes/new-flink-key", printed);
    Path files = Files.createDirectory(directory.resolve("kubernetes"));
    String secret = Files.readString(printed).split("---\n", 2)[0];
    for (MatchResult file : FILE.matcher(secret).results().toList()) {
      Files.write(files.resolve(file.group(1)), Base64.getDecoder().decode(file.group(2)));
    }
    return files;
  }

  private static void run(String script, Path output, String... arguments) throws IOException {
    assumeTrue(Signals.isOnPath("openssl"), script + " needs OpenSSL");
    ProcessBuilder program = new ProcessBuilder("bash", DEPLOY.resolve(script).toString());
    program.command().addAll(List.of(arguments));
    OneShot.run(script, program, output, Duration.ofMinutes(1));
  }
}
