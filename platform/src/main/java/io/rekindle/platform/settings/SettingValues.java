package io.rekindle.platform.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of a program's settings.
 *
 * <p>A program's own check sees the values first, and adds problems. {@link ProgramSettings#read}
 * returns only values without a problem, which do not change.
 */
public final class SettingValues {

  private final ProgramSettings program;
  private final Map<Setting<?>, Object> values = new LinkedHashMap<>();
  private final Map<Setting<?>, SettingSources.Given> given = new LinkedHashMap<>();
  private final List<String> problems;
  private final List<String> renamed = new ArrayList<>();

  SettingValues(ProgramSettings program, SettingSources sources, List<String> problems) {
    this.program = program;
    this.problems = problems;
    program.all().forEach(setting -> read(setting, sources));
  }

  private void read(Setting<?> setting, SettingSources sources) {
    values.put(setting, setting.absent());
    Optional<SettingSources.Given> text = sources.find(setting.key());
    if (setting.renamedFrom() != null) {
      Optional<SettingSources.Given> old = sources.find(setting.renamedFrom());
      if (old.isPresent() && text.isPresent()) {
        problems.add(
            "%s and %s are both set: remove the first, which has been renamed."
                .formatted(old.get().origin(), text.get().origin()));
      } else if (old.isPresent()) {
        text = old.map(from -> translate(setting, from));
      }
    }
    if (text.isPresent()) {
      given.put(setting, text.get());
      try {
        values.put(setting, setting.parse(text.get().text()));
      } catch (IllegalArgumentException e) {
        refuse(setting, setting.expected());
      }
    } else if (setting.required()) {
      requireGiven(setting);
    }
  }

  private SettingSources.Given translate(Setting<?> setting, SettingSources.Given old) {
    String text = setting.translate(old.text());
    String now = setting.quoted() ? " to \"" + text + "\"" : "";
    renamed.add("%s has been renamed: set %s%s.".formatted(old.origin(), setting.variable(), now));
    return new SettingSources.Given(text, old.origin());
  }

  /**
   * The value of a setting. In a check, a setting with a problem has its default, or null if there
   * is no default.
   */
  @SuppressWarnings("unchecked") // The setting's own parser made the value.
  public <T> T get(Setting<T> setting) {
    return (T) values.get(setting);
  }

  /** Whether a source gives the setting, valid or not. */
  public boolean isGiven(Setting<?> setting) {
    return given.containsKey(setting);
  }

  /** Adds the problem that a setting is missing, if no source gives it. */
  public void requireGiven(Setting<?> setting) {
    if (!isGiven(setting)) {
      String missing =
          program.takesArguments() && !setting.secret()
              ? "Neither " + setting.argument() + " nor " + setting.variable() + " is set: "
              : setting.variable() + " is not set: ";
      problems.add(missing + setting.description());
    }
  }

  /**
   * Adds the problem that a setting has an invalid value.
   *
   * @param remedy completes "give …"
   */
  public void refuse(Setting<?> setting, String remedy) {
    SettingSources.Given text = given.get(setting);
    String origin = text == null ? setting.variable() : text.origin();
    String value = text == null ? setting.defaultText() : text.text();
    problems.add(
        origin
            + (setting.quoted() ? " is \"" + oneLine(value) + "\"" : " is not valid")
            + ": give "
            + remedy
            + ".");
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\s\\p{Cc}]+", " ");
  }

  /** Adds a problem of several settings together. */
  public void addProblem(String sentence) {
    problems.add(sentence);
  }

  /** Whether there is no problem so far. */
  public boolean isValid() {
    return problems.isEmpty();
  }

  /** One sentence for each used old key, with the new key. */
  public List<String> renamed() {
    return List.copyOf(renamed);
  }

  /** The values in force, one a line, without secrets and without the query of a JDBC URL. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    values.forEach(
        (setting, value) -> {
          Object shown = value instanceof Optional<?> some ? some.orElse(null) : value;
          if (shown == null) {
            shown = "not set";
          } else if (setting.secret()) {
            shown = "(redacted)";
          } else if (!setting.quoted()) {
            shown = shown.toString().replaceFirst("\\?.*", "");
          } else if (shown instanceof Duration duration) {
            shown = Durations.format(duration);
          }
          lines.append(setting.key()).append(" = ").append(shown).append('\n');
        });
    return lines.toString();
  }
}
