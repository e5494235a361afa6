package io.rekindle.local.process;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file with the process of a component. */
public final class PidFile {

  private static final JsonMapper JSON = new JsonMapper();

  private PidFile() {}

  /** The process that the file names, alive or not; empty if the file is absent or unreadable. */
  public static Optional<Pid> read(Path file) {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), Pid.class));
    } catch (IOException e) {
      // A machine that lost its power leaves half a file. No process of that run is alive.
      return Optional.empty();
    }
  }

  public static void write(Path file, Pid pid) {
    PrivateFiles.replace(file, JSON.valueToTree(pid).toString());
  }
}
