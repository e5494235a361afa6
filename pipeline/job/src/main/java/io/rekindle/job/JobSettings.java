package io.rekindle.job;

import static io.rekindle.platform.settings.SettingType.amount;
import static io.rekindle.platform.settings.SettingType.duration;
import static io.rekindle.platform.settings.SettingType.matching;
import static io.rekindle.platform.settings.SettingType.oneOf;
import static io.rekindle.platform.settings.SettingType.text;
import static io.rekindle.platform.settings.SettingType.wholeNumber;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.email.EmailExpiry;
import io.rekindle.email.llm.LlmSettings;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.job.writing.WriterSettings;
import io.rekindle.platform.settings.InvalidSettingsException;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Secret;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/**
 * The settings of the job, checked as a whole before the job starts. The class is long, since it
 * declares all settings with their descriptions.
 *
 * <p>It needs no Flink on the class path, so that {@code java -jar … --help} works anywhere.
 * Immutable.
 */
public final class JobSettings {

  /** The place of the keyed state. */
  public enum StateBackend {
    /** On the heap: fastest, bounded by memory. */
    HASHMAP,
    /** On local disk: bounded by the disk. */
    ROCKSDB;

    /** The name in lower case, as in the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The destination of results. */
  public enum Results {
    /** The database and the topics. The job also writes emails. */
    LIVE,
    /** The database alone. */
    SHADOW
  }

  /** Every setting of the job. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "flink run rekindle-job.jar",
          "The job scores every client of the shop, seconds after each change.",
          Sources.ARGUMENTS_ENVIRONMENT_FILE,
          values -> new JobSettings(values).checkEmails());

  public static final Setting<String> KAFKA_BOOTSTRAP_SERVERS =
      SETTINGS
          .declare("kafka.bootstrap-servers", text())
          .required("Kafka brokers, host:port, separated by commas.");

  public static final Setting<Optional<Path>> KAFKA_TLS = KafkaLogin.declareTls(SETTINGS);

  public static final Setting<String> KAFKA_TOPIC_PREFIX =
      SETTINGS
          .declare(
              "kafka.topic-prefix",
              matching(
                  "1 to 100 letters, digits, dots, dashes or underscores", "[a-zA-Z0-9._-]{1,100}"))
          .withDefault(
              "rekindle",
              "First part of the name of every topic, the same as the connector's topic.prefix.");

  public static final Setting<String> KAFKA_GROUP_ID =
      SETTINGS
          .declare("kafka.group-id", text())
          .withDefault(
              "rekindle-job",
              "Consumer group that shows the offsets. The position in each topic is kept in"
                  + " checkpoints.");

  public static final Setting<String> DATABASE_URL =
      SETTINGS
          .declare("database.url", SettingType.jdbcUrl(url -> Driver.parseURL(url, null) != null))
          .required("JDBC URL of the database with the schema engagement.");

  public static final Setting<String> DATABASE_USER =
      SETTINGS
          .declare("database.user", text())
          .withDefault("rekindle_pipeline", "Database role of the job.");

  public static final Setting<Optional<String>> DATABASE_PASSWORD =
      SETTINGS
          .declare("database.password", text())
          .secret()
          .optional("Password of the role, if it has one.");

  public static final Setting<Results> RESULTS =
      SETTINGS
          .declare("results", oneOf(Results.class))
          .withDefault(
              "live",
              "A shadow job stores scores and decisions in the database. It writes no topic and no"
                  + " email. It is a second job that reads the same topics from the beginning into"
                  + " its own database, for a comparison.");

  public static final Setting<StateBackend> STATE_BACKEND =
      SETTINGS
          .declare("state.backend", oneOf(StateBackend.class))
          .withDefault(
              "hashmap",
              "Where keyed state lives: hashmap (heap, fastest) or rocksdb (disk, for more users"
                  + " than memory holds).");

  public static final Setting<Duration> STATE_TOMBSTONE_RETENTION =
      SETTINGS
          .declare(
              "state.tombstone-retention", duration(Duration.ofMinutes(1), Duration.ofDays(30)))
          .withDefault(
              "1 d",
              "How long the job remembers a deleted row, in event time. A repeated older change"
                  + " does not bring the row back within this time.");

  public static final Setting<String> CHECKPOINT_DIRECTORY =
      SETTINGS
          .declare("checkpoint.directory", text())
          .required(
              "URI of durable storage for checkpoints that JobManager and TaskManagers reach.");

  public static final Setting<Duration> CHECKPOINT_INTERVAL =
      SETTINGS
          .declare("checkpoint.interval", duration(Duration.ofMillis(100), Duration.ofHours(1)))
          .withDefault("10 s", "Time between the starts of two checkpoints.");

  public static final Setting<Optional<String>> SAVEPOINT_DIRECTORY =
      SETTINGS
          .declare("savepoint.directory", text())
          .optional("URI of the savepoints, unless a request names another.");

  public static final Setting<Optional<Integer>> PARALLELISM =
      SETTINGS
          .declare("parallelism", wholeNumber(1, 32_768))
          .optional("Parallel parts of the job. Without it, the cluster's default holds.");

  public static final Setting<Integer> MAX_PARALLELISM =
      SETTINGS
          .declare("max-parallelism", wholeNumber(1, 32_768))
          .withDefault(
              "128",
              "Upper bound of the parallelism for the life of the state. A change needs a start"
                  + " from empty state.");

  public static final Setting<Duration> TIME_COMMIT_SKEW =
      SETTINGS
          .declare("time.commit-skew", duration(Duration.ZERO, Duration.ofMinutes(5)))
          .withDefault(
              "100 ms",
              "How far commit timestamps may be out of log order. Scores wait this long.");

  public static final Setting<Duration> BACKFILL_QUIET_TIME =
      SETTINGS
          .declare("backfill.quiet-time", duration(Duration.ZERO, Duration.ofHours(12)))
          .withDefault(
              "60 s",
              "When orders older than a day are added, their client is scored once none has come for"
                  + " this long. Raise it for a load of your own that writes the orders of one"
                  + " client further apart; `import` writes them together.");

  public static final Setting<Duration> SINK_FLUSH_INTERVAL =
      SETTINGS
          .declare("sink.flush-interval", duration(Duration.ofMillis(1), Duration.ofMinutes(1)))
          .withDefault(
              "100 ms",
              "Longest time that a result waits for others before the sink writes it to the"
                  + " database.");

  public static final Setting<Integer> SINK_FLUSH_ROWS =
      SETTINGS
          .declare("sink.flush-rows", wholeNumber(1, 100_000))
          .withDefault("5000", "Results after which the sink writes a batch at once.");

  public static final Setting<Duration> SINK_RETRY_TIMEOUT =
      SETTINGS
          .declare("sink.retry-timeout", duration(Duration.ZERO, Duration.ofHours(1)))
          .withDefault(
              "5 min",
              "How long the job repeats a write to an unreachable database before it restarts.");

  public static final Setting<Duration> RESTART_INITIAL_DELAY =
      SETTINGS
          .declare("restart.initial-delay", duration(Duration.ofMillis(1), Duration.ofHours(1)))
          .withDefault("1 s", "Wait before the first restart after a failure.");

  public static final Setting<Duration> RESTART_MAX_DELAY =
      SETTINGS
          .declare("restart.max-delay", duration(Duration.ofMillis(1), Duration.ofHours(1)))
          .withDefault("30 s", "Longest wait before a restart; the wait doubles until then.");

  public static final Setting<Duration> RESTART_RESET_AFTER =
      SETTINGS
          .declare("restart.reset-after", duration(Duration.ofSeconds(1), Duration.ofDays(1)))
          .withDefault("5 min", "Time without failure after which the wait is short again.");

  public static final Setting<Optional<String>> SHOP_NAME =
      SETTINGS.declare("shop.name", text()).optional("The shop's name in emails.");

  public static final Setting<Optional<String>> SHOP_URL =
      SETTINGS
          .declare("shop.url", text())
          .optional("Target of the one button of an email, http or https.");

  public static final Setting<Optional<String>> SHOP_POSTAL_ADDRESS =
      SETTINGS
          .declare("shop.postal-address", text())
          .optional("The shop's postal address on one line. Laws on commercial email ask for it.");

  public static final Setting<Optional<String>> UNSUBSCRIBE_BASE_URL =
      SETTINGS
          .declare("unsubscribe.base-url", text())
          .optional("Public address of the sender's unsubscribe page, http or https.");

  public static final Setting<Optional<String>> UNSUBSCRIBE_SECRET =
      SETTINGS
          .declare("unsubscribe.secret", text())
          .secret()
          .optional(
              "Signs the unsubscribe links: at least 32 characters, the same as the sender's. The"
                  + " job writes emails only with this and the four settings before it. Without"
                  + " them, requests wait in their topic, for 14 days at most.");

  public static final Setting<Duration> SENDER_EXPIRE =
      EmailExpiry.declare(
          SETTINGS,
          "Age at which the sender cancels an unsent email; the same as the sender's. The job"
              + " asks no model for an older one.");

  public static final Setting<String> LLM_BASE_URL =
      SETTINGS
          .declare("llm.base-url", text())
          .withDefault(
              LlmSettings.OPENROUTER,
              "Base URL of an OpenAI-compatible API; the job appends /chat/completions.");

  public static final Setting<Optional<String>> LLM_API_KEY =
      SETTINGS
          .declare("llm.api-key", text())
          .secret()
          .optional("Key of that API. Without a key, the template writes every email.");

  public static final Setting<String> LLM_MODEL =
      SETTINGS
          .declare("llm.model", text())
          .withDefault("openai/gpt-4o-mini", "The API's name of the model.");

  public static final Setting<Integer> LLM_MAX_IN_FLIGHT =
      SETTINGS
          .declare("llm.max-in-flight", wholeNumber(1, 10_000))
          .withDefault("64", "Concurrent requests of the whole job.");

  public static final Setting<Integer> LLM_REQUESTS_PER_MINUTE =
      SETTINGS
          .declare("llm.requests-per-minute", wholeNumber(1, 1_000_000))
          .withDefault("600", "Limit on the requests of the whole job.");

  public static final Setting<Integer> LLM_TOKENS_PER_MINUTE =
      SETTINGS
          .declare("llm.tokens-per-minute", wholeNumber(1, 1_000_000_000))
          .withDefault(
              "1000000", "Limit on the tokens of the whole job, of prompts and completions.");

  public static final Setting<BigDecimal> LLM_DAILY_BUDGET =
      SETTINGS
          .declare("llm.daily-budget-usd", amount())
          .withDefault(
              "5",
              "Limit on the US dollars that the whole job spends in a UTC day. The template writes"
                  + " the rest of the emails.");

  public static final Setting<BigDecimal> LLM_PROMPT_PRICE =
      SETTINGS
          .declare("llm.prompt-usd-per-million-tokens", amount())
          .withDefault(
              "0.50",
              "Price of prompts. The job reserves it before a call, and charges it if the API"
                  + " reports no cost.");

  public static final Setting<BigDecimal> LLM_COMPLETION_PRICE =
      SETTINGS
          .declare("llm.completion-usd-per-million-tokens", amount())
          .withDefault("2.00", "Price of completions, used in the same way.");

  public static final Setting<Integer> LLM_MAX_COMPLETION_TOKENS =
      SETTINGS
          .declare("llm.max-completion-tokens", LlmSettings.TOKENS)
          .withDefault(
              Integer.toString(LlmSettings.DEFAULT_COMPLETION_TOKENS),
              "Limit on the tokens of one answer, thoughts included. The job reserves their price"
                  + " before a call.");

  public static final Setting<Integer> LLM_MAX_REPAIR_TOKENS =
      SETTINGS
          .declare("llm.max-repair-tokens", LlmSettings.TOKENS)
          .withDefault(
              Integer.toString(LlmSettings.DEFAULT_REPAIR_TOKENS),
              "Limit on the tokens of the second answer if the first was cut off. Once that has"
                  + " helped, it is the limit of every answer until the job restarts.");

  public static final Setting<Optional<String>> LLM_REASONING_EFFORT =
      SETTINGS
          .declare("llm.reasoning-effort", LlmSettings.REASONING_EFFORT)
          .optional(
              "How much the model thinks, such as low: sent as reasoning_effort. Without it, the"
                  + " model decides.");

  public static final Setting<Integer> LLM_MAX_RETRIES =
      SETTINGS
          .declare("llm.max-retries", wholeNumber(0, 10))
          .withDefault("2", "Repeats of a request after a passing failure.");

  public static final Setting<Duration> LLM_CALL_TIMEOUT =
      SETTINGS
          .declare("llm.call-timeout", duration(Duration.ofMillis(100), Duration.ofMinutes(10)))
          .withDefault("30 s", "Longest time of one request.");

  public static final Setting<Duration> LLM_DEADLINE =
      SETTINGS
          .declare("llm.deadline", duration(Duration.ofMillis(100), Duration.ofMinutes(30)))
          .withDefault(
              "60 s",
              "Longest time for one email, with waiting and all attempts. After it, the template"
                  + " writes the email.");

  /** The settings for emails. The job needs all of them or none. */
  private static final List<Setting<Optional<String>>> FOR_EMAILS =
      List.of(SHOP_NAME, SHOP_URL, SHOP_POSTAL_ADDRESS, UNSUBSCRIBE_BASE_URL, UNSUBSCRIBE_SECRET);

  private final SettingValues values;

  private JobSettings(SettingValues values) {
    this.values = values;
  }

  /**
   * Reads all settings.
   *
   * @throws InvalidSettingsException naming every setting that is unknown, wrong or missing
   */
  public static JobSettings read(String[] arguments, Map<String, String> environment) {
    return new JobSettings(SETTINGS.read(arguments, environment));
  }

  private void checkEmails() {
    if (!values.isValid() || get(RESULTS) == Results.SHADOW) {
      return;
    }
    List<Setting<Optional<String>>> missing =
        FOR_EMAILS.stream().filter(setting -> get(setting).isEmpty()).toList();
    if (missing.isEmpty()) {
      try {
        writer(null).orElseThrow().validate();
      } catch (IllegalArgumentException e) {
        values.addProblem("The settings for emails are wrong: " + e.getMessage());
      }
    } else if (missing.size() < FOR_EMAILS.size()) {
      String all = FOR_EMAILS.stream().map(Setting::key).collect(Collectors.joining(", "));
      missing.forEach(
          setting ->
              values.addProblem(
                  "%s (%s) is missing: the job writes emails with all of %s, or not at all"
                      .formatted(setting.key(), setting.variable(), all)));
    }
  }

  /**
   * The settings of the writer of emails.
   *
   * @return empty if the job writes no emails
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
            secret(UNSUBSCRIBE_SECRET).orElseThrow(),
            secret(LLM_API_KEY).map(this::model).orElse(null),
            database,
            get(SENDER_EXPIRE)));
  }

  private LlmSettings model(Secret apiKey) {
    LlmSettings defaults = LlmSettings.defaults(apiKey, get(LLM_MODEL));
    return new LlmSettings(
        get(LLM_BASE_URL),
        apiKey,
        get(LLM_MODEL),
        LlmSettings.isOpenRouter(get(LLM_BASE_URL)),
        get(LLM_MAX_IN_FLIGHT),
        get(LLM_MAX_IN_FLIGHT),
        get(LLM_REQUESTS_PER_MINUTE),
        get(LLM_TOKENS_PER_MINUTE),
        get(LLM_DAILY_BUDGET),
        get(LLM_PROMPT_PRICE),
        get(LLM_COMPLETION_PRICE),
        get(LLM_MAX_COMPLETION_TOKENS),
        Math.max(get(LLM_MAX_COMPLETION_TOKENS), get(LLM_MAX_REPAIR_TOKENS)),
        get(LLM_REASONING_EFFORT).orElse(null),
        get(LLM_MAX_RETRIES),
        get(LLM_CALL_TIMEOUT),
        get(LLM_DEADLINE),
        defaults.maxResponseBytes());
  }

  /** A secret, which the job's graph has by name only. */
  Optional<Secret> secret(Setting<Optional<String>> setting) {
    return get(setting).map(value -> Secret.of(setting.variable(), value));
  }

  /** The brokers, and the key for them. */
  KafkaLogin kafka() {
    return new KafkaLogin(get(KAFKA_BOOTSTRAP_SERVERS), get(KAFKA_TLS).orElse(null));
  }

  /** The value of a setting. */
  public <T> T get(Setting<T> setting) {
    return values.get(setting);
  }

  /** One sentence for each used old name, with the new name. */
  List<String> renamed() {
    return values.renamed();
  }

  /** The values in force, one a line, without secrets. */
  @Override
  public String toString() {
    return values.toString();
  }
}
