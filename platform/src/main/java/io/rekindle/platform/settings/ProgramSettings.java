package io.rekindle.platform.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The settings of one program: their declarations, their sources, their help and their reference.
 *
 * <p>A program declares its settings in constants. Help and reference keep the order of the
 * declarations. Thread-safe after the last declaration.
 */
public final class ProgramSettings {

  /** The sources of a program's settings. */
  public enum Sources {
    /** The environment alone, so that no password is on a command line. */
    ENVIRONMENT(
        """
        Settings come from the environment; an empty variable counts as absent. The program names
        all wrong and missing settings at once, and then does not start."""),
    /** The arguments, else the environment, else a properties file. */
    ARGUMENTS_ENVIRONMENT_FILE(
        """
        A setting comes from the arguments, else the environment, else the properties file (--config
        FILE or REKINDLE_CONFIG), else its default holds; an empty variable counts as absent. A
        secret is not taken from the arguments, which other processes can read. The program names
        all unknown, wrong and missing settings at once, and then does not start.""");

    private final String text;

    Sources(String text) {
      this.text = text;
    }
  }

  private static final int INVALID = 2;

  private final String usage;
  private final String purpose;
  private final Sources sources;
  private final Consumer<SettingValues> check;
  private final List<Setting<?>> settings = new ArrayList<>();

  /**
   * Creates a program without settings.
   *
   * @param usage the command that starts the program, without arguments
   * @param purpose what the program does, in one or two sentences
   * @param check adds problems that concern several settings
   */
  public ProgramSettings(
      String usage, String purpose, Sources sources, Consumer<SettingValues> check) {
    this.usage = usage;
    this.purpose = purpose;
    this.sources = sources;
    this.check = check;
  }

  /**
   * Begins the declaration of a setting.
   *
   * @param key words in lower case with dots and dashes between them
   */
  public <T> Setting.Declaration<T> declare(String key, SettingType<T> type) {
    return new Setting.Declaration<>(this, key, type);
  }

  <T> Setting<T> add(Setting<T> setting) {
    settings.add(setting);
    return setting;
  }

  /** Every setting, in the order of declaration. */
  public List<Setting<?>> all() {
    return List.copyOf(settings);
  }

  /** Returns the setting with this current or old key. */
  Optional<Setting<?>> find(String key) {
    return settings.stream()
        .filter(setting -> key.equals(setting.key()) || key.equals(setting.renamedFrom()))
        .findFirst();
  }

  boolean takesArguments() {
    return sources == Sources.ARGUMENTS_ENVIRONMENT_FILE;
  }

  /** Returns a hint at a setting whose key has the same last part. */
  String suggestion(String key) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return settings.stream()
        .map(Setting::key)
        .filter(candidate -> !last.isEmpty() && candidate.endsWith(last))
        .findFirst()
        .map(candidate -> " (did you mean " + candidate + "?)")
        .orElse("");
  }

  /**
   * Reads all settings from the environment alone.
   *
   * @throws InvalidSettingsException naming every setting that is wrong or missing
   */
  public SettingValues read(Map<String, String> environment) {
    return read(new String[0], environment);
  }

  /**
   * Reads all settings.
   *
   * @throws InvalidSettingsException naming every setting that is unknown, wrong or missing
   */
  public SettingValues read(String[] arguments, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    SettingSources given = new SettingSources(this, arguments, environment, problems);
    SettingValues values = new SettingValues(this, given, problems);
    check.accept(values);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return values;
  }

  /**
   * Reads all settings for a main method. Ends the process with 0 after {@code --help}, and with 2
   * after the problems of wrong settings. Old keys in use are reported on standard error.
   */
  public SettingValues readOrExit(String... arguments) {
    if (asksForHelp(arguments)) {
      System.out.print(help());
      System.exit(0);
    }
    try {
      SettingValues values = read(arguments, System.getenv());
      values.renamed().forEach(System.err::println);
      return values;
    } catch (InvalidSettingsException e) {
      System.err.println(e.getMessage());
      System.exit(INVALID);
      throw e; // The process has ended.
    }
  }

  /** Whether the arguments ask for {@link #help()} and not for a run. */
  public static boolean asksForHelp(String... arguments) {
    return List.of(arguments).contains("--help") || List.of(arguments).contains("-h");
  }

  /** The text of {@code --help}: usage, sources and all settings. */
  public String help() {
    StringBuilder help =
        new StringBuilder("Usage: ")
            .append(usage)
            .append(takesArguments() ? " [--config FILE] [--SETTING VALUE]..." : "")
            .append(" [--help]\n\n")
            .append(purpose)
            .append("\n\n")
            .append(sources.text)
            .append('\n');
    for (Setting<?> setting : settings) {
      String argument = setting.secret() ? setting.key() : setting.argument();
      String name = takesArguments() ? argument : setting.variable();
      help.append("\n  ").append(name);
      if (setting.required()) {
        help.append("  (required)");
      } else if (setting.defaultText() != null) {
        help.append("  (default ").append(setting.defaultText()).append(')');
      }
      help.append("\n      ").append(meaning(setting));
      help.append("\n      Value: ").append(setting.expected()).append('.');
      if (!name.equals(setting.variable())) {
        help.append(" Environment: ").append(setting.variable()).append('.');
      }
      help.append('\n');
    }
    return help.toString();
  }

  /** The settings as a part of a Markdown page: purpose, sources and a table. */
  public String markdown() {
    StringBuilder page =
        new StringBuilder(purpose)
            .append("\n\n")
            .append(sources.text)
            .append(takesArguments() ? "\n\n| Setting " : "\n\n")
            .append("| Environment variable | Value | Default | Meaning |\n")
            .append(takesArguments() ? "|---" : "")
            .append("|---|---|---|---|\n");
    for (Setting<?> setting : settings) {
      String absent = setting.required() ? "required" : "none";
      page.append(takesArguments() ? "| `" + setting.key() + "` " : "")
          .append("| `" + setting.variable() + "` | ")
          .append(setting.expected())
          .append(" | ")
          .append(setting.defaultText() == null ? absent : "`" + setting.defaultText() + "`")
          .append(" | ")
          .append(meaning(setting))
          .append(" |\n");
    }
    return page.toString();
  }

  private static String meaning(Setting<?> setting) {
    String secret = setting.secret() ? " Secret: never printed, never an argument." : "";
    String old =
        setting.renamedFrom() == null
            ? ""
            : " Renamed from " + Setting.variable(setting.renamedFrom()) + ", which still works.";
    return setting.description() + secret + old;
  }
}
