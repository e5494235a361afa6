package io.rekindle.job;

import io.rekindle.email.llm.LlmSettings;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.job.writing.WriterSettings;
import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The settings of the job, checked as a whole before anything starts.
 *
 * <p>A value is taken from the arguments ({@code --kafka.bootstrap-servers host:9092}), else from
 * the environment ({@code REKINDLE_KAFKA_BOOTSTRAP_SERVERS}), else from a properties file ({@code
 * --config FILE} or {@code REKINDLE_CONFIG}), else it is the default. Needs no Flink on the class
 * path, so that {@code java -jar … --help} works anywhere. Immutable.
 */
public final class JobSettings {

  /** Where the keyed state lives. */
  public enum StateBackend {
    /** On the heap: fastest, bounded by memory. */
    HASHMAP,
    /** On local disk: bounded by the disk. */
    ROCKSDB;

    /** As it is written in the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where results go. */
  public enum Results {
    /** The database and the topics; emails are written. */
    LIVE,
    /** The database alone. */
    SHADOW
  }

  public static final Setting<String> KAFKA_BOOTSTRAP_SERVERS =
      Setting.required(
          "kafka.bootstrap-servers", Setting::text, "Kafka brokers, host:port, comma separated.");

  public static final Setting<String> KAFKA_TOPIC_PREFIX =
      Setting.withDefault(
          "kafka.topic-prefix",
          Setting.matching(
              "[a-zA-Z0-9._-]{1,100}", "1 to 100 letters, digits, dots, dashes or underscores"),
          "rekindle",
          "First part of the name of every topic, the same as the connector's topic.prefix.");

  public static final Setting<String> KAFKA_GROUP_ID =
      Setting.withDefault(
          "kafka.group-id",
          Setting::text,
          "rekindle-job",
          "Consumer group under which offsets are shown. Where to read from is kept in checkpoints.");

  public static final Setting<String> DATABASE_URL =
      Setting.required(
          "database.url",
          Setting.startingWith("jdbc:postgresql:"),
          "JDBC URL of the database with the schema engagement.");

  public static final Setting<String> DATABASE_USER =
      Setting.withDefault(
          "database.user", Setting::text, "rekindle_pipeline", "Database role of the job.");

  public static final Setting<Optional<String>> DATABASE_PASSWORD =
      Setting.secret("database.password", "Password of the role, if it has one.");

  public static final Setting<Results> RESULTS =
      Setting.withDefault(
          "results",
          Setting.oneOf(Results.class),
          "live",
          "live, or shadow: stores scores and decisions in the database and does nothing else, no"
              + " topic is written to and no email is written. For a second job that reads the same"
              + " topics from their beginning into a database of its own, to be compared.");

  public static final Setting<StateBackend> STATE_BACKEND =
      Setting.withDefault(
          "state.backend",
          Setting.oneOf(StateBackend.class),
          "hashmap",
          "Where keyed state lives: hashmap (heap, fastest) or rocksdb (disk, for more users than"
              + " memory holds).");

  public static final Setting<Duration> STATE_TOMBSTONE_RETENTION =
      Setting.withDefault(
          "state.tombstone-retention",
          Setting.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
          "1 d",
          "How long a deleted row is remembered, in event time, so that a repeated older change"
              + " does not bring it back.");

  public static final Setting<String> CHECKPOINT_DIRECTORY =
      Setting.required(
          "checkpoint.directory",
          Setting::text,
          "URI of durable storage that JobManager and TaskManagers reach, for checkpoints.");

  public static final Setting<Duration> CHECKPOINT_INTERVAL =
      Setting.withDefault(
          "checkpoint.interval",
          Setting.duration(Duration.ofMillis(100), Duration.ofHours(1)),
          "10 s",
          "Time between the starts of two checkpoints.");

  public static final Setting<Optional<String>> SAVEPOINT_DIRECTORY =
      Setting.optional(
          "savepoint.directory",
          Setting::text,
          "URI where savepoints go unless a request names another.");

  public static final Setting<Optional<Integer>> PARALLELISM =
      Setting.optional(
          "parallelism",
          Setting.integer(1, 32_768),
          "Parallel parts of the job; the cluster's default unless given.");

  public static final Setting<Integer> MAX_PARALLELISM =
      Setting.withDefault(
          "max-parallelism",
          Setting.integer(1, 32_768),
          "128",
          "Upper bound of the parallelism for the life of the state. Changing it means starting"
              + " from empty state.");

  public static final Setting<Duration> TIME_COMMIT_SKEW =
      Setting.withDefault(
          "time.commit-skew",
          Setting.duration(Duration.ZERO, Duration.ofMinutes(5)),
          "100 ms",
          "How far commit timestamps may be out of log order. Scores wait this long.");

  public static final Setting<Duration> SINK_FLUSH_INTERVAL =
      Setting.withDefault(
          "sink.flush-interval",
          Setting.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
          "100 ms",
          "Longest time that a result waits for others before it is written to the database.");

  public static final Setting<Integer> SINK_FLUSH_ROWS =
      Setting.withDefault(
          "sink.flush-rows",
          Setting.integer(1, 100_000),
          "5000",
          "Results after which a batch is written at once.");

  public static final Setting<Duration> SINK_RETRY_TIMEOUT =
      Setting.withDefault(
          "sink.retry-timeout",
          Setting.duration(Duration.ZERO, Duration.ofHours(1)),
          "5 min",
          "How long a write to an unreachable database is tried again before the job restarts.");

  public static final Setting<Duration> RESTART_INITIAL_DELAY =
      Setting.withDefault(
          "restart.initial-delay",
          Setting.duration(Duration.ofMillis(1), Duration.ofHours(1)),
          "1 s",
          "Wait before the first restart after a failure.");

  public static final Setting<Duration> RESTART_MAX_DELAY =
      Setting.withDefault(
          "restart.max-delay",
          Setting.duration(Duration.ofMillis(1), Duration.ofHours(1)),
          "30 s",
          "Longest wait before a restart; the wait doubles until then.");

  public static final Setting<Duration> RESTART_RESET_AFTER =
      Setting.withDefault(
          "restart.reset-after",
          Setting.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          "5 min",
          "Time without failure after which the wait is short again.");

  public static final Setting<Optional<String>> SHOP_NAME =
      Setting.optional("shop.name", Setting::text, "The shop's name as readers of emails know it.");

  public static final Setting<Optional<String>> SHOP_URL =
      Setting.optional(
          "shop.url", Setting::text, "Where the one button of an email leads, http or https.");

  public static final Setting<Optional<String>> SHOP_POSTAL_ADDRESS =
      Setting.optional(
          "shop.postal-address",
          Setting::text,
          "The sender's postal address, one line, which laws on commercial email ask for.");

  public static final Setting<Optional<String>> UNSUBSCRIBE_BASE_URL =
      Setting.optional(
          "unsubscribe.base-url",
          Setting::text,
          "Where the sender's unsubscribe page is reached from outside, http or https.");

  public static final Setting<Optional<String>> UNSUBSCRIBE_SECRET =
      Setting.secret(
          "unsubscribe.secret",
          "Signs the links to unsubscribe; at least 32 characters, the same for the sender. Given"
              + " with the four settings before it: without these five no email is written, and"
              + " requests wait in their topic, for 14 days at most.");

  public static final Setting<String> LLM_BASE_URL =
      Setting.withDefault(
          "llm.base-url",
          Setting::text,
          LlmSettings.OPENROUTER,
          "An OpenAI-compatible API, to which /chat/completions is appended.");

  public static final Setting<Optional<String>> LLM_API_KEY =
      Setting.secret(
          "llm.api-key", "Key of that API. Without one the template writes every email.");

  public static final Setting<String> LLM_MODEL =
      Setting.withDefault(
          "llm.model", Setting::text, "openai/gpt-4o-mini", "The model as the API calls it.");

  public static final Setting<Integer> LLM_MAX_IN_FLIGHT =
      Setting.withDefault(
          "llm.max-in-flight",
          Setting.integer(1, 10_000),
          "64",
          "Requests that the whole job may have on their way at once.");

  public static final Setting<Integer> LLM_REQUESTS_PER_MINUTE =
      Setting.withDefault(
          "llm.requests-per-minute",
          Setting.integer(1, 1_000_000),
          "600",
          "Most requests of the whole job in a minute.");

  public static final Setting<Integer> LLM_TOKENS_PER_MINUTE =
      Setting.withDefault(
          "llm.tokens-per-minute",
          Setting.integer(1, 1_000_000_000),
          "1000000",
          "Most tokens of the whole job in a minute, of prompts and answers.");

  public static final Setting<BigDecimal> LLM_DAILY_BUDGET =
      Setting.withDefault(
          "llm.daily-budget-usd",
          Setting.amount(),
          "5",
          "Most US dollars that the whole job may spend in a UTC day; beyond, the template writes.");

  public static final Setting<BigDecimal> LLM_PROMPT_PRICE =
      Setting.withDefault(
          "llm.prompt-usd-per-million-tokens",
          Setting.amount(),
          "0.50",
          "Price to reserve before a call, and to charge where the API reports no cost.");

  public static final Setting<BigDecimal> LLM_COMPLETION_PRICE =
      Setting.withDefault(
          "llm.completion-usd-per-million-tokens", Setting.amount(), "2.00", "Likewise.");

  public static final Setting<Integer> LLM_MAX_RETRIES =
      Setting.withDefault(
          "llm.max-retries",
          Setting.integer(0, 10),
          "2",
          "Repeats of a request after an answer that invites one.");

  public static final Setting<Duration> LLM_CALL_TIMEOUT =
      Setting.withDefault(
          "llm.call-timeout",
          Setting.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
          "30 s",
          "Longest time of one request.");

  public static final Setting<Duration> LLM_DEADLINE =
      Setting.withDefault(
          "llm.deadline",
          Setting.duration(Duration.ofMillis(100), Duration.ofMinutes(30)),
          "60 s",
          "Longest time for one email, waiting and all attempts included; then the template.");

  /** Every setting, in the order in which help and documentation show them. */
  public static final List<Setting<?>> ALL =
      List.of(
          KAFKA_BOOTSTRAP_SERVERS,
          KAFKA_TOPIC_PREFIX,
          KAFKA_GROUP_ID,
          DATABASE_URL,
          DATABASE_USER,
          DATABASE_PASSWORD,
          RESULTS,
          STATE_BACKEND,
          STATE_TOMBSTONE_RETENTION,
          CHECKPOINT_DIRECTORY,
          CHECKPOINT_INTERVAL,
          SAVEPOINT_DIRECTORY,
          PARALLELISM,
          MAX_PARALLELISM,
          TIME_COMMIT_SKEW,
          SINK_FLUSH_INTERVAL,
          SINK_FLUSH_ROWS,
          SINK_RETRY_TIMEOUT,
          RESTART_INITIAL_DELAY,
          RESTART_MAX_DELAY,
          RESTART_RESET_AFTER,
          SHOP_NAME,
          SHOP_URL,
          SHOP_POSTAL_ADDRESS,
          UNSUBSCRIBE_BASE_URL,
          UNSUBSCRIBE_SECRET,
          LLM_BASE_URL,
          LLM_API_KEY,
          LLM_MODEL,
          LLM_MAX_IN_FLIGHT,
          LLM_REQUESTS_PER_MINUTE,
          LLM_TOKENS_PER_MINUTE,
          LLM_DAILY_BUDGET,
          LLM_PROMPT_PRICE,
          LLM_COMPLETION_PRICE,
          LLM_MAX_RETRIES,
          LLM_CALL_TIMEOUT,
          LLM_DEADLINE);

  /** Needed to write emails: all of them or none. */
  private static final List<Setting<Optional<String>>> FOR_EMAILS =
      List.of(SHOP_NAME, SHOP_URL, SHOP_POSTAL_ADDRESS, UNSUBSCRIBE_BASE_URL, UNSUBSCRIBE_SECRET);

  private static final String CONFIG = "config";
  private static final String CONFIG_VARIABLE = "REKINDLE_CONFIG";

  private final Map<Setting<?>, Object> values;

  private JobSettings(Map<Setting<?>, Object> values) {
    this.values = values;
  }

  /** Whether the arguments ask for {@link #help()} rather than for a run. */
  public static boolean asksForHelp(String... arguments) {
    return List.of(arguments).contains("--help") || List.of(arguments).contains("-h");
  }

  /**
   * Reads all settings.
   *
   * @throws InvalidSettingsException naming every setting that is unknown, wrong or missing
   */
  public static JobSettings read(String[] arguments, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    Map<String, String> given = fromArguments(arguments, problems);
    String configFile = given.remove(CONFIG);
    if (configFile == null) {
      configFile = environment.get(CONFIG_VARIABLE);
    }
    Properties file = configFile == null ? new Properties() : fromFile(configFile, problems);
    for (String name : file.stringPropertyNames()) {
      if (named(name).isEmpty()) {
        problems.add(name + " in " + configFile + ": no such setting" + meant(name));
      }
    }

    Map<Setting<?>, Object> values = new LinkedHashMap<>();
    for (Setting<?> setting : ALL) {
      String text = given.get(setting.name());
      String origin = "--" + setting.name();
      if (text == null) {
        text = environment.get(setting.environmentVariable());
        origin = setting.environmentVariable();
      }
      if (text == null) {
        text = file.getProperty(setting.name());
        origin = setting.name() + " in " + configFile;
      }
      if (text == null) {
        text = setting.defaultText();
      }
      if (text == null) {
        if (setting.required()) {
          problems.add(
              setting.name()
                  + " is missing: give --"
                  + setting.name()
                  + " or "
                  + setting.environmentVariable());
        }
        values.put(setting, Optional.empty());
        continue;
      }
      try {
        values.put(setting, setting.read(text));
      } catch (Setting.WrongValue wrong) {
        problems.add(
            origin
                + (setting.secret() ? "" : " is \"" + text + "\" and")
                + " must be "
                + wrong.getMessage());
      }
    }
    JobSettings settings = new JobSettings(values);
    if (problems.isEmpty() && settings.get(RESULTS) == Results.LIVE) {
      settings.checkEmails(problems);
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return settings;
  }

  private void checkEmails(List<String> problems) {
    List<Setting<Optional<String>>> missing =
        FOR_EMAILS.stream().filter(setting -> get(setting).isEmpty()).toList();
    if (!missing.isEmpty() && missing.size() < FOR_EMAILS.size()) {
      for (Setting<Optional<String>> setting : missing) {
        problems.add(
            setting.name()
                + " is missing: emails are written with all of "
                + FOR_EMAILS.stream().map(Setting::name).collect(Collectors.joining(", "))
                + ", or not at all; "
                + setting.environmentVariable()
                + " gives it, too");
      }
    } else if (missing.isEmpty()) {
      try {
        writer(null).orElseThrow().validate();
      } catch (IllegalArgumentException e) {
        problems.add("The settings for emails are wrong: " + e.getMessage());
      }
    }
  }

  /**
   * How emails are written.
   *
   * @return empty if they are not
   */
  Optional<WriterSettings> writer(DatabaseSettings database) {
    if (get(RESULTS) == Results.SHADOW || get(UNSUBSCRIBE_SECRET).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new WriterSettings(
            get(SHOP_NAME).orElseThrow(),
            get(SHOP_URL).orElseThrow(),
            get(SHOP_POSTAL_ADDRESS).orElseThrow(),
            get(UNSUBSCRIBE_BASE_URL).orElseThrow(),
            get(UNSUBSCRIBE_SECRET).orElseThrow(),
            get(LLM_API_KEY).map(this::model).orElse(null),
            database));
  }

  private WriterSettings.Model model(String apiKey) {
    return new WriterSettings.Model(
        get(LLM_BASE_URL),
        apiKey,
        get(LLM_MODEL),
        get(LLM_MAX_IN_FLIGHT),
        get(LLM_REQUESTS_PER_MINUTE),
        get(LLM_TOKENS_PER_MINUTE),
        get(LLM_DAILY_BUDGET),
        get(LLM_PROMPT_PRICE),
        get(LLM_COMPLETION_PRICE),
        get(LLM_MAX_RETRIES),
        get(LLM_CALL_TIMEOUT),
        get(LLM_DEADLINE));
  }

  /** The value of a setting. */
  @SuppressWarnings("unchecked") // read() put a value there that the setting's own reader made
  public <T> T get(Setting<T> setting) {
    return (T) values.get(setting);
  }

  /** All settings with their descriptions, defaults and environment variables. */
  public static String help() {
    StringBuilder help =
        new StringBuilder(
            """
            Rekindle: scores every client of the shop, seconds after each change.

            Usage: flink run rekindle-job.jar [--config FILE] [--SETTING VALUE]...

            A setting is taken from the arguments, else the environment, else the properties file
            (--config FILE or REKINDLE_CONFIG), else its default holds. Secrets are not taken from
            the arguments, which other processes can read.

            """);
    for (Setting<?> setting : ALL) {
      help.append(setting.secret() ? "  " : "  --").append(setting.name());
      if (setting.required()) {
        help.append("  (required)");
      } else if (setting.defaultText() != null) {
        help.append("  (default ").append(setting.defaultText()).append(')');
      }
      help.append("\n      ").append(setting.description());
      help.append("\n      Environment: ").append(setting.environmentVariable()).append('\n');
    }
    return help.toString();
  }

  /** All settings as the Markdown table of the documentation. */
  static String table() {
    StringBuilder table =
        new StringBuilder(
            "| Setting | Environment variable | Default | Meaning |\n|---|---|---|---|\n");
    for (Setting<?> setting : ALL) {
      String absent = setting.required() ? "required" : "none";
      table
          .append("| `" + setting.name() + "` | `" + setting.environmentVariable() + "` | ")
          .append(setting.defaultText() == null ? absent : "`" + setting.defaultText() + "`")
          .append(" | " + setting.description())
          .append(
              setting.secret() ? " Secret: environment or file only, never printed. |\n" : " |\n");
    }
    return table.toString();
  }

  /** The values in force, a line each, secrets redacted. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    values.forEach(
        (setting, value) -> {
          Object shown = value instanceof Optional<?> some ? some.orElse(null) : value;
          if (shown instanceof Duration duration) {
            shown = duration.toMillis() + " ms";
          }
          lines
              .append(setting.name())
              .append(" = ")
              .append(shown == null ? "not set" : setting.secret() ? "(redacted)" : shown)
              .append('\n');
        });
    return lines.toString();
  }

  private static Map<String, String> fromArguments(String[] arguments, List<String> problems) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (!argument.startsWith("--")) {
        problems.add(argument + ": arguments are written --name value");
        continue;
      }
      int equals = argument.indexOf('=');
      String name = argument.substring(2, equals < 0 ? argument.length() : equals);
      Optional<Setting<?>> setting = named(name);
      boolean known = name.equals(CONFIG) || setting.isPresent();
      String value = null;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (i + 1 < arguments.length && !arguments[i + 1].startsWith("--")) {
        value = arguments[++i];
      }
      if (!known) {
        problems.add("--" + name + ": no such setting" + meant(name));
      } else if (setting.isPresent() && setting.get().secret()) {
        problems.add(
            "--"
                + name
                + " is a secret: give it by "
                + setting.get().environmentVariable()
                + " or in the file, not as an argument");
      } else if (value == null) {
        problems.add("--" + name + " has no value");
      } else if (given.put(name, value) != null) {
        problems.add("--" + name + " is given twice");
      }
    }
    return given;
  }

  private static Properties fromFile(String file, List<String> problems) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException absent) {
      problems.add("--config: there is no file " + file);
    } catch (IOException | IllegalArgumentException unreadable) {
      problems.add("--config: cannot read " + file + ": " + unreadable.getMessage());
    }
    return properties;
  }

  private static Optional<Setting<?>> named(String name) {
    return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
  }

  /** A hint at the setting whose name shares its last part, the likeliest slip. */
  private static String meant(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return ALL.stream()
        .map(Setting::name)
        .filter(candidate -> !last.isEmpty() && candidate.endsWith(last))
        .findFirst()
        .map(candidate -> " (did you mean " + candidate + "?)")
        .orElse("");
  }
}
