package io.rekindle.local.process;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that says which process is a component of a stack. */
public final class PidFile {

  private static final JsonMapper JSON = new JsonMapper();

  private PidFile() {}

  /** The process that the file names, alive or not; empty if the file is absent or unreadable. */
  public static Optional<Pid> read(Path file) {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), Pid.class));
    } catch (IOException e) {
      // Half a file is what a machine leaves that lost its power: nothing of that run is alive.
      return Optional.empty();
    }
  }

  public static void write(Path file, Pid pid) {
    PrivateFiles.replace(file, JSON.valueToTree(pid).toString());
  }
}
