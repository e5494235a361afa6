package io.rekindle.dashboard;

import io.rekindle.dashboard.signin.OidcSettings;
import io.rekindle.dashboard.web.Role;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.postgresql.Driver;

/**
 * How the dashboard starts. All of it comes from the environment, so that no password ever is on a
 * command line.
 *
 * @param host address to listen on
 * @param port TCP port to listen on; 0 takes a free one
 * @param publicUrl where browsers reach it; empty if that is where it listens
 * @param trustProxy whether a proxy in front says by X-Forwarded-For who sent a request
 * @param database where everything is
 * @param signIn who is let in, and for how long
 * @param pipeline where to ask about the pipeline
 * @param metricsPublic whether /metrics is shown to everybody
 * @param scoreOverrides whether admins may set scores by hand
 * @param writesPerMinute requests that write, of one caller
 */
public record DashboardSettings(
    String host,
    int port,
    Optional<URI> publicUrl,
    boolean trustProxy,
    DatabaseSettings database,
    SignInSettings signIn,
    PipelineSettings pipeline,
    boolean metricsPublic,
    boolean scoreOverrides,
    int writesPerMinute) {

  private static final Setting HOST =
      new Setting("REKINDLE_DASHBOARD_HOST", "127.0.0.1", "Address to listen on.");
  private static final Setting PORT =
      new Setting(
          "REKINDLE_DASHBOARD_PORT",
          "8080",
          "TCP port to listen on, 0 to 65535; 0 takes a free one.");
  private static final Setting PUBLIC_URL =
      new Setting(
          "REKINDLE_DASHBOARD_PUBLIC_URL",
          "",
          "Where browsers reach the dashboard, as in https://rekindle.example. With https, cookies"
              + " are Secure and browsers are told to stay with it.");
  private static final Setting TRUST_PROXY =
      new Setting(
          "REKINDLE_DASHBOARD_TRUST_PROXY",
          "false",
          "true if a proxy of yours is always in front: the last address in X-Forwarded-For is then"
              + " the one whose sign-ins are limited and audited.");
  private static final Setting DATABASE_URL =
      new Setting(
          "REKINDLE_DATABASE_URL",
          null,
          "JDBC URL of the database, as in jdbc:postgresql://127.0.0.1:5432/rekindle.");
  private static final Setting DATABASE_USER =
      new Setting(
          "REKINDLE_DATABASE_USER",
          "rekindle_api",
          "Database role; the migrations give rekindle_api exactly the rights that it needs.");
  private static final Setting DATABASE_PASSWORD =
      new Setting("REKINDLE_DATABASE_PASSWORD", "", "The role's password. Secret.");
  private static final Setting ADMIN_EMAIL =
      new Setting(
          "REKINDLE_DASHBOARD_ADMIN_EMAIL",
          "admin@rekindle.local",
          "Email address of the admin that is made at the first start, when there is no account.");
  private static final Setting ADMIN_PASSWORD =
      new Setting(
          "REKINDLE_DASHBOARD_ADMIN_PASSWORD",
          "",
          "Password of that admin, 12 to 200 characters; else one is made up and printed once."
              + " Secret.");
  private static final Setting SESSION_IDLE =
      new Setting(
          "REKINDLE_DASHBOARD_SESSION_IDLE",
          "PT12H",
          "How long somebody stays signed in without doing anything, in ISO 8601.");
  private static final Setting SESSION_LONGEST =
      new Setting(
          "REKINDLE_DASHBOARD_SESSION_LONGEST",
          "P7D",
          "How long somebody stays signed in at all, in ISO 8601.");
  private static final Setting PASSWORD_SIGN_IN =
      new Setting(
          "REKINDLE_DASHBOARD_PASSWORD_SIGN_IN",
          "true",
          "false takes no passwords, and makes no first admin: people then sign in at the provider"
              + " only.");
  private static final Setting OIDC_ISSUER =
      new Setting(
          "REKINDLE_OIDC_ISSUER",
          "",
          "Issuer of an OpenID provider at which people sign in, exactly as its tokens have it; what"
              + " else is to know of it is under /.well-known/openid-configuration there.");
  private static final Setting OIDC_CLIENT_ID =
      new Setting(
          "REKINDLE_OIDC_CLIENT_ID", "", "The dashboard's name at that provider; required there.");
  private static final Setting OIDC_CLIENT_SECRET =
      new Setting(
          "REKINDLE_OIDC_CLIENT_SECRET",
          "",
          "Its secret there; none for a client that PKCE alone protects. Secret.");
  private static final Setting OIDC_SCOPES =
      new Setting(
          "REKINDLE_OIDC_SCOPES", "openid email profile", "What it asks for, with openid in it.");
  private static final Setting OIDC_ROLE_CLAIM =
      new Setting(
          "REKINDLE_OIDC_ROLE_CLAIM",
          "roles",
          "Claim with a person's roles at the provider; dots lead into objects, as in"
              + " realm_access.roles.");
  private static final Setting OIDC_ROLES =
      new Setting(
          "REKINDLE_OIDC_ROLES",
          "",
          "What these stand for here, as in admins=ADMIN,marketing=ANALYST,staff=VIEWER; the most"
              + " counts, and whoever has none is not let in.");
  private static final Setting OIDC_NAME =
      new Setting(
          "REKINDLE_OIDC_NAME", "your company account", "Name of the provider on the button.");
  private static final Setting METRICS_PUBLIC =
      new Setting(
          "REKINDLE_DASHBOARD_METRICS_PUBLIC",
          "false",
          "true shows /metrics to everybody; else it takes an account, or an API key that may"
              + " read.");
  private static final Setting SCORE_OVERRIDES =
      new Setting(
          "REKINDLE_DASHBOARD_SCORE_OVERRIDES",
          "false",
          "true lets admins set a client's score by hand for a while, to test what follows.");
  private static final Setting WRITES_PER_MINUTE =
      new Setting(
          "REKINDLE_DASHBOARD_WRITES_PER_MINUTE",
          "3000",
          "Requests that write, of one account or API key in a minute; a batch is one for every"
              + " 100 orders.");
  private static final Setting FLINK_URL =
      new Setting(
          "REKINDLE_FLINK_URL",
          "",
          "Flink's REST API, to show the job's state; without it the page says that it does not"
              + " know.");
  private static final Setting KAFKA_BOOTSTRAP =
      new Setting(
          "REKINDLE_KAFKA_BOOTSTRAP_SERVERS",
          "",
          "Kafka brokers, to show and replay dead letters; without them these are not shown.");
  private static final Setting TOPIC_PREFIX =
      new Setting(
          "REKINDLE_KAFKA_TOPIC_PREFIX", "rekindle", "First part of the name of every topic.");
  private static final Setting SLOT =
      new Setting(
          "REKINDLE_REPLICATION_SLOT",
          "rekindle",
          "Replication slot of the connector, to show how far the capture is.");

  private static final List<Setting> ALL =
      List.of(
          HOST,
          PORT,
          PUBLIC_URL,
          TRUST_PROXY,
          DATABASE_URL,
          DATABASE_USER,
          DATABASE_PASSWORD,
          ADMIN_EMAIL,
          ADMIN_PASSWORD,
          SESSION_IDLE,
          SESSION_LONGEST,
          PASSWORD_SIGN_IN,
          OIDC_ISSUER,
          OIDC_CLIENT_ID,
          OIDC_CLIENT_SECRET,
          OIDC_SCOPES,
          OIDC_ROLE_CLAIM,
          OIDC_ROLES,
          OIDC_NAME,
          METRICS_PUBLIC,
          SCORE_OVERRIDES,
          WRITES_PER_MINUTE,
          FLINK_URL,
          KAFKA_BOOTSTRAP,
          TOPIC_PREFIX,
          SLOT);

  /**
   * Where everything is.
   *
   * @param url JDBC URL of the database that has the schemas shop, engagement and dashboard
   * @param user a role with the rights of rekindle_api
   * @param password empty if the database asks for none
   */
  public record DatabaseSettings(String url, String user, String password) {

    /** Leaves out the password, and the URL, which may carry one. */
    @Override
    public String toString() {
      return "DatabaseSettings[user=" + user + "]";
    }
  }

  /**
   * Who is let in, and for how long.
   *
   * @param adminEmail of the account that is made when there is none
   * @param adminPassword empty to make one up
   * @param idle how long a session lasts without a request
   * @param longest how long it lasts at all
   * @param passwords whether passwords are taken
   * @param oidc the OpenID provider; empty if there is none
   */
  public record SignInSettings(
      String adminEmail,
      Optional<String> adminPassword,
      Duration idle,
      Duration longest,
      boolean passwords,
      Optional<OidcSettings> oidc) {

    /** Leaves out the password. */
    @Override
    public String toString() {
      return "SignInSettings[adminEmail="
          + adminEmail
          + ", idle="
          + idle
          + ", longest="
          + longest
          + "]";
    }
  }

  /**
   * Where to ask about the pipeline.
   *
   * @param flinkUrl of Flink's REST API; empty if it is not to be asked
   * @param kafkaBootstrap brokers; empty if they are not to be asked
   * @param topicPrefix first part of the name of every topic
   * @param slot of the connector
   */
  public record PipelineSettings(
      Optional<URI> flinkUrl, Optional<String> kafkaBootstrap, String topicPrefix, String slot) {}

  /**
   * Reads the settings; an absent or empty variable means the default.
   *
   * @throws InvalidSettingsException if any is wrong or a required one is absent; names them all
   */
  public static DashboardSettings from(Map<String, String> environment)
      throws InvalidSettingsException {
    EnvironmentReader reader = new EnvironmentReader(environment);
    DashboardSettings settings =
        new DashboardSettings(
            reader.matching(HOST, "[A-Za-z0-9.:_-]+", "give a host name or an IP address."),
            reader.integer(PORT, 0, 65_535),
            reader.url(PUBLIC_URL),
            reader.bool(TRUST_PROXY),
            new DatabaseSettings(
                reader.jdbcUrl(DATABASE_URL),
                reader.text(DATABASE_USER),
                reader.text(DATABASE_PASSWORD)),
            new SignInSettings(
                reader.matching(ADMIN_EMAIL, "[^\\s@]+@[^\\s@]+", "give an email address."),
                reader.password(ADMIN_PASSWORD),
                reader.duration(SESSION_IDLE),
                reader.duration(SESSION_LONGEST),
                reader.bool(PASSWORD_SIGN_IN),
                reader.oidc()),
            new PipelineSettings(
                reader.url(FLINK_URL),
                reader.optional(KAFKA_BOOTSTRAP),
                reader.matching(TOPIC_PREFIX, "[A-Za-z0-9._-]{1,100}", "give a topic's name."),
                reader.matching(SLOT, "[a-z0-9_]{1,63}", "give a slot's name.")),
            reader.bool(METRICS_PUBLIC),
            reader.bool(SCORE_OVERRIDES),
            reader.integer(WRITES_PER_MINUTE, 1, 10_000_000));
    reader.checkSignIn(settings);
    if (!reader.problems.isEmpty()) {
      throw new InvalidSettingsException(reader.problems);
    }
    return settings;
  }

  /** Whether browsers reach the dashboard by https. */
  boolean https() {
    return publicUrl.map(url -> url.getScheme().equals("https")).orElse(false);
  }

  /** The text of {@code --help}. */
  static String help() {
    StringBuilder text =
        new StringBuilder(
            """
            Usage: java -jar rekindle-dashboard-api-VERSION.jar [--help]

            Serves the dashboard and its API over HTTP. Settings come from the environment:

            """);
    for (Setting setting : ALL) {
      text.append("  ").append(setting.name).append('\n');
      text.append("      ").append(setting.description).append('\n');
      text.append("      ").append(setting.defaultText()).append('\n');
    }
    return text.toString();
  }

  /** The table in docs/dashboard-settings.md. */
  static String table() {
    StringBuilder text = new StringBuilder("| Variable | Default | Meaning |\n|---|---|---|\n");
    for (Setting setting : ALL) {
      String value =
          setting.defaultValue == null
              ? "required"
              : setting.defaultValue.isEmpty() ? "none" : "`" + setting.defaultValue + "`";
      text.append("| `%s` | %s | %s |\n".formatted(setting.name, value, setting.description));
    }
    return text.toString();
  }

  /**
   * An environment variable.
   *
   * @param defaultValue null if it is required
   */
  private record Setting(String name, String defaultValue, String description) {

    String defaultText() {
      if (defaultValue == null) {
        return "Required.";
      }
      return defaultValue.isEmpty() ? "Default: none." : "Default: " + defaultValue;
    }
  }

  /** Reads one setting after the other and remembers what is wrong with any. */
  private static final class EnvironmentReader {

    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    EnvironmentReader(Map<String, String> environment) {
      this.environment = environment;
    }

    String text(Setting setting) {
      String value = environment.get(setting.name());
      return value == null || value.isBlank() ? setting.defaultValue() : value.strip();
    }

    Optional<String> optional(Setting setting) {
      return Optional.of(text(setting)).filter(value -> !value.isEmpty());
    }

    String matching(Setting setting, String pattern, String remedy) {
      String value = text(setting);
      if (!value.matches(pattern)) {
        wrong(setting, value, remedy);
      }
      return value;
    }

    int integer(Setting setting, int least, int most) {
      return parsed(
          setting,
          value -> {
            int number = Integer.parseInt(value);
            return number >= least && number <= most ? number : null;
          },
          least,
          "give a number from " + least + " to " + most + ".");
    }

    boolean bool(Setting setting) {
      return parsed(
          setting,
          value ->
              switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> null;
              },
          false,
          "give true or false.");
    }

    Duration duration(Setting setting) {
      return parsed(
          setting,
          value -> {
            Duration duration = Duration.parse(value);
            return duration.compareTo(Duration.ofMinutes(1)) >= 0
                    && duration.compareTo(Duration.ofDays(366)) <= 0
                ? duration
                : null;
          },
          Duration.ofDays(1),
          "give a time from PT1M to P366D, such as PT12H.");
    }

    Optional<URI> url(Setting setting) {
      String value = text(setting);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      return Optional.ofNullable(
          parsed(
              setting,
              text -> {
                URI uri = URI.create(text);
                boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                return http && uri.getHost() != null ? uri : null;
              },
              null,
              "give a URL with http or https."));
    }

    /** Whether a name or address reaches no other machine. */
    private static boolean isLoopback(String host) {
      return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d+){3}");
    }

    Optional<OidcSettings> oidc() {
      Optional<URI> issuer = url(OIDC_ISSUER);
      if (issuer.isEmpty()) {
        return Optional.empty();
      }
      if (!issuer.get().getScheme().equals("https") && !isLoopback(issuer.get().getHost())) {
        wrong(OIDC_ISSUER, text(OIDC_ISSUER), "give a URL with https.");
      }
      if (text(OIDC_CLIENT_ID).isEmpty()) {
        problems.add(OIDC_CLIENT_ID.name() + " is not set: " + OIDC_CLIENT_ID.description());
      }
      return Optional.of(
          new OidcSettings(
              text(OIDC_ISSUER),
              text(OIDC_CLIENT_ID),
              optional(OIDC_CLIENT_SECRET),
              matching(OIDC_SCOPES, "(.* )?openid( .*)?", "name openid among the scopes."),
              text(OIDC_ROLE_CLAIM),
              roles(OIDC_ROLES),
              text(OIDC_NAME)));
    }

    private Map<String, Role> roles(Setting setting) {
      Map<String, Role> roles = new LinkedHashMap<>();
      String remedy = "give pairs such as admins=ADMIN,staff=VIEWER, with the roles of here.";
      for (String pair : text(setting).split(",", -1)) {
        int equals = pair.lastIndexOf('=');
        try {
          roles.put(
              pair.substring(0, Math.max(0, equals)).strip(),
              Role.valueOf(pair.substring(equals + 1).strip()));
        } catch (IllegalArgumentException e) {
          wrong(setting, text(setting), remedy);
          return roles;
        }
      }
      return roles;
    }

    /** That somebody can sign in, and comes back from where they do. */
    void checkSignIn(DashboardSettings settings) {
      boolean oidc = !text(OIDC_ISSUER).isEmpty();
      if (!settings.signIn().passwords() && !oidc) {
        wrong(
            PASSWORD_SIGN_IN,
            "false",
            "set " + OIDC_ISSUER.name() + ", too, or nobody could sign in.");
      }
      if (oidc && settings.publicUrl().isEmpty() && !isLoopback(settings.host())) {
        problems.add(
            PUBLIC_URL.name() + " is not set: the provider has to know where to lead people back.");
      }
    }

    /** Values of secrets are not repeated: a JDBC URL may carry a password. */
    String jdbcUrl(Setting setting) {
      String url = text(setting);
      if (url == null) {
        problems.add(setting.name() + " is not set: " + setting.description());
      } else if (Driver.parseURL(url, null) == null) {
        problems.add(setting.name() + " is no such URL: " + setting.description());
      }
      return url;
    }

    Optional<String> password(Setting setting) {
      Optional<String> password = optional(setting);
      if (password.isPresent() && (password.get().length() < 12 || password.get().length() > 200)) {
        problems.add(setting.name() + " has to have 12 to 200 characters.");
      }
      return password;
    }

    private <T> T parsed(Setting setting, Function<String, T> parser, T fallback, String remedy) {
      String value = text(setting);
      try {
        T parsed = parser.apply(value);
        if (parsed != null) {
          return parsed;
        }
      } catch (IllegalArgumentException | DateTimeParseException e) {
        // Said below, as for a value that is out of bounds.
      }
      wrong(setting, value, remedy);
      return fallback;
    }

    private void wrong(Setting setting, String value, String remedy) {
      problems.add(setting.name() + " is \"" + value + "\": " + remedy);
    }
  }
}
