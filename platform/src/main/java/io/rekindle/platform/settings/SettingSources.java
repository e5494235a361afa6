package io.rekindle.platform.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Finds the texts of settings in the arguments, the environment and the properties file. */
final class SettingSources {

  static final String CONFIG = "config";

  /** A text, and the name of its source for messages. */
  record Given(String text, String origin) {}

  private final Map<String, String> arguments = new LinkedHashMap<>();
  private final Map<String, String> environment;
  private final Properties file = new Properties();
  private final String fileName;

  /**
   * Reads the sources.
   *
   * @param program knows the keys, and whether arguments and file are sources
   * @param problems receives a sentence for each unreadable part
   */
  SettingSources(
      ProgramSettings program,
      String[] arguments,
      Map<String, String> environment,
      List<String> problems) {
    this.environment = environment;
    if (!program.takesArguments()) {
      fileName = null;
      for (String argument : arguments) {
        problems.add(argument + ": this program takes no argument but --help");
      }
      return;
    }
    readArguments(program, arguments, problems);
    fileName =
        this.arguments.containsKey(CONFIG)
            ? this.arguments.remove(CONFIG)
            : environment.get(Setting.variable(CONFIG));
    if (fileName != null) {
      readFile(program, problems);
    }
  }

  /** The text of a key: from the arguments, else the environment, else the file. */
  Optional<Given> find(String key) {
    if (arguments.containsKey(key)) {
      return Optional.of(new Given(arguments.get(key).strip(), "--" + key));
    }
    String variable = Setting.variable(key);
    return given(environment.get(variable), variable)
        .or(() -> given(file.getProperty(key), key + " in " + fileName));
  }

  /** Empty variables count as absent, since containers pass on unset ones as empty. */
  private static Optional<Given> given(String text, String origin) {
    return text == null || text.isBlank()
        ? Optional.empty()
        : Optional.of(new Given(text.strip(), origin));
  }

  private void readArguments(ProgramSettings program, String[] given, List<String> problems) {
    for (int i = 0; i < given.length; i++) {
      if (!given[i].startsWith("--")) {
        problems.add(given[i] + ": arguments are written --name value");
        continue;
      }
      int equals = given[i].indexOf('=');
      String key = given[i].substring(2, equals < 0 ? given[i].length() : equals);
      String value = null;
      if (equals >= 0) {
        value = given[i].substring(equals + 1);
      } else if (i + 1 < given.length && !given[i + 1].startsWith("--")) {
        value = given[++i];
      }
      Optional<Setting<?>> setting = program.find(key);
      if (setting.isEmpty() && !key.equals(CONFIG)) {
        problems.add("--" + key + ": no such setting" + program.suggestion(key));
      } else if (setting.isPresent() && setting.get().secret()) {
        problems.add(
            "--%s is a secret: give it by %s or in the file, not as an argument"
                .formatted(key, setting.get().variable()));
      } else if (value == null) {
        problems.add("--" + key + " has no value");
      } else if (arguments.put(key, value) != null) {
        problems.add("--" + key + " is given twice");
      }
    }
  }

  private void readFile(ProgramSettings program, List<String> problems) {
    try (Reader reader = Files.newBufferedReader(Path.of(fileName), StandardCharsets.UTF_8)) {
      file.load(reader);
    } catch (NoSuchFileException absent) {
      problems.add("--config: there is no file " + fileName);
    } catch (IOException | IllegalArgumentException unreadable) {
      problems.add("--config: cannot read " + fileName + ": " + unreadable.getMessage());
    }
    for (String key : file.stringPropertyNames()) {
      if (program.find(key).isEmpty()) {
        problems.add(key + " in " + fileName + ": no such setting" + program.suggestion(key));
      }
    }
  }
}
