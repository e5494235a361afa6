package io.rekindle.dashboard;

import static io.rekindle.platform.settings.SettingType.amount;
import static io.rekindle.platform.settings.SettingType.bool;
import static io.rekindle.platform.settings.SettingType.duration;
import static io.rekindle.platform.settings.SettingType.matching;
import static io.rekindle.platform.settings.SettingType.text;
import static io.rekindle.platform.settings.SettingType.webUrl;
import static io.rekindle.platform.settings.SettingType.wholeNumber;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.audit.AuditRetention;
import io.rekindle.dashboard.signin.OidcSettings;
import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.WebUrl;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.llm.LlmSettings;
import io.rekindle.platform.settings.DatabaseLogin;
import io.rekindle.platform.settings.InvalidSettingsException;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Secret;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.postgresql.Driver;

/**
 * The settings of the dashboard, all from the environment.
 *
 * @param host address to listen on
 * @param port TCP port to listen on; 0 takes a free one
 * @param publicUrl address for browsers; empty if it is the one to listen on
 * @param trustProxy whether a proxy in front names the sender of a request in X-Forwarded-For
 * @param metricsPublic whether /metrics needs no sign-in
 * @param scoreOverrides whether admins may set scores by hand
 * @param writesPerMinute limit on the requests of one caller that write
 * @param auditRetention how long entries of the audit log are kept
 * @param reconstruction whether the dashboard computes the past from the orders
 * @param reconstructionPause the pause between two batches of clients
 * @param writing the writers of previews
 * @param messageUsd the cost of one email that is sent, in US dollars
 */
public record DashboardSettings(
    String host,
    int port,
    Optional<URI> publicUrl,
    boolean trustProxy,
    DatabaseLogin database,
    SignInSettings signIn,
    PipelineSettings pipeline,
    boolean metricsPublic,
    boolean scoreOverrides,
    int writesPerMinute,
    Duration auditRetention,
    boolean reconstruction,
    Duration reconstructionPause,
    WritingSettings writing,
    BigDecimal messageUsd) {

  /** Every setting of the dashboard. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -jar rekindle-dashboard-api-VERSION-dashboard.jar",
          "The dashboard serves its pages and its API over HTTP.",
          Sources.ENVIRONMENT,
          DashboardSettings::check);

  private static final int PREVIEWS_AT_ONCE = 4;
  private static final Duration PREVIEW_CALL = Duration.ofSeconds(20);
  private static final Duration PREVIEW_DEADLINE = Duration.ofSeconds(40);

  private static final SettingType<Duration> SESSION =
      duration(Duration.ofMinutes(1), Duration.ofDays(366));

  private static final Setting<String> HOST =
      SETTINGS
          .declare("dashboard.host", SettingType.host())
          .withDefault("127.0.0.1", "Address to listen on.");

  private static final Setting<Integer> PORT =
      SETTINGS
          .declare("dashboard.port", wholeNumber(0, 65_535))
          .withDefault("8080", "TCP port to listen on; 0 takes a free one.");

  private static final Setting<Optional<URI>> PUBLIC_URL =
      SETTINGS
          .declare("dashboard.public-url", webUrl())
          .optional(
              "Address of the dashboard for browsers, such as https://rekindle.example. With https,"
                  + " cookies are Secure and browsers are told to stay with https.");

  private static final Setting<Boolean> TRUST_PROXY =
      SETTINGS
          .declare("dashboard.trust-proxy", bool())
          .withDefault(
              "false",
              "true if your own proxy is always in front. The dashboard then takes the last address"
                  + " in X-Forwarded-For as the client, for the limit on sign-ins and the audit"
                  + " log.");

  private static final Setting<String> DATABASE_URL =
      SETTINGS
          .declare("database.url", SettingType.jdbcUrl(url -> Driver.parseURL(url, null) != null))
          .required("JDBC URL of the database with the schemas shop, engagement and dashboard.");

  private static final Setting<String> DATABASE_USER =
      SETTINGS
          .declare("database.user", text())
          .withDefault(
              "rekindle_api",
              "Database role. The migrations give rekindle_api exactly the rights that the"
                  + " dashboard needs.");

  private static final Setting<Optional<String>> DATABASE_PASSWORD =
      SETTINGS.declare("database.password", text()).secret().optional("The role's password.");

  private static final Setting<String> ADMIN_EMAIL =
      SETTINGS
          .declare("dashboard.admin-email", matching("an email address", "[^\\s@]+@[^\\s@]+"))
          .withDefault(
              "admin@rekindle.local",
              "Email address of the first admin. The dashboard makes this account at a start"
                  + " without any account.");

  private static final Setting<Optional<String>> ADMIN_PASSWORD =
      SETTINGS
          .declare("dashboard.admin-password", matching("12 to 200 characters", "(?s).{12,200}"))
          .secret()
          .optional(
              "Password of the first admin. Without it, the dashboard makes no first admin."
                  + " Afterwards the account's own password counts, and this one is not needed.");

  private static final Setting<Duration> SESSION_IDLE =
      SETTINGS
          .declare("dashboard.session-idle", SESSION)
          .withDefault(
              "12 h",
              "A session ends after this time without a person: what an open page asks by itself"
                  + " does not count.");

  private static final Setting<Duration> SESSION_MAX =
      SETTINGS
          .declare("dashboard.session-max", SESSION)
          .withDefault("7 d", "A session ends this long after the sign-in.");

  private static final Setting<Boolean> PASSWORD_SIGN_IN =
      SETTINGS
          .declare("dashboard.password-sign-in", bool())
          .withDefault(
              "true",
              "false takes no passwords and makes no first admin. People then sign in at the OpenID"
                  + " provider only.");

  private static final Setting<Optional<String>> OIDC_ISSUER =
      SETTINGS
          .declare(
              "oidc.issuer",
              SettingType.accepted("a URL with https", url -> isSafe(webUrl().parser().apply(url))))
          .optional(
              "Issuer of an OpenID provider for sign-in, exactly as in its tokens. The dashboard"
                  + " reads the rest from /.well-known/openid-configuration there.");

  private static final Setting<Optional<String>> OIDC_CLIENT_ID =
      SETTINGS
          .declare("oidc.client-id", text())
          .optional("Client id of the dashboard at the provider; required with an issuer.");

  private static final Setting<Optional<String>> OIDC_CLIENT_SECRET =
      SETTINGS
          .declare("oidc.client-secret", text())
          .secret()
          .optional("Client secret at the provider. A client with PKCE alone has none.");

  private static final Setting<String> OIDC_SCOPES =
      SETTINGS
          .declare("oidc.scopes", matching("scopes with openid among them", "(.* )?openid( .*)?"))
          .withDefault("openid email profile", "Scopes that the dashboard asks for.");

  private static final Setting<String> OIDC_EMAIL_CLAIM =
      SETTINGS
          .declare("oidc.email-claim", text())
          .withDefault(
              "email",
              "Claim with a person's address. Microsoft Entra ID leaves email out for most accounts:"
                  + " take preferred_username there.");

  private static final Setting<String> OIDC_ROLE_CLAIM =
      SETTINGS
          .declare("oidc.role-claim", text())
          .withDefault(
              "roles",
              "Claim with a person's roles at the provider. Dots lead into objects, as in"
                  + " realm_access.roles.");

  private static final Setting<Optional<Map<String, Role>>> OIDC_ROLES =
      SETTINGS
          .declare(
              "oidc.roles",
              new SettingType<>(
                  "pairs of a role at the provider and ADMIN, ANALYST or VIEWER, such as"
                      + " admins=ADMIN,staff=VIEWER",
                  DashboardSettings::roles))
          .optional(
              "Roles of the dashboard for roles at the provider; required with an issuer. A person"
                  + " with several gets the highest. A person without any cannot sign in.");

  private static final Setting<String> OIDC_NAME =
      SETTINGS
          .declare("oidc.name", text())
          .withDefault("your company account", "Name of the provider on the button.");

  private static final Setting<Boolean> METRICS_PUBLIC =
      SETTINGS
          .declare("dashboard.metrics-public", bool())
          .withDefault(
              "false",
              "true serves /metrics without sign-in. Otherwise it takes an account or an API key"
                  + " that may read.");

  private static final Setting<Boolean> SCORE_OVERRIDES =
      SETTINGS
          .declare("dashboard.score-overrides", bool())
          .withDefault(
              "false", "true lets admins set a client's score by hand for a while, for tests.");

  private static final Setting<Integer> WRITES_PER_MINUTE =
      SETTINGS
          .declare("dashboard.writes-per-minute", wholeNumber(1, 10_000_000))
          .withDefault(
              "3000",
              "Limit on the requests of one account or API key that write. A batch counts once for"
                  + " every 100 orders.");

  private static final Setting<Duration> AUDIT_RETENTION =
      SETTINGS
          .declare(
              "dashboard.audit-retention", duration(AuditRetention.MIN, Duration.ofDays(36_500)))
          .withDefault(
              "730 d",
              "The dashboard removes entries of the audit log that are older. The database refuses"
                  + " to remove younger ones than 30 days.");

  private static final Setting<Boolean> RECONSTRUCTION =
      SETTINGS
          .declare("dashboard.reconstruction", bool())
          .withDefault(
              "true",
              "false leaves it to `rekindle reconstruct` to compute the scores of the 24 months"
                  + " before the first start. Otherwise the dashboard does that once, in the"
                  + " background.");

  private static final Setting<Duration> RECONSTRUCTION_PAUSE =
      SETTINGS
          .declare("dashboard.reconstruction-pause", duration(Duration.ZERO, Duration.ofMinutes(1)))
          .withDefault(
              "50 ms",
              "Pause of the reconstruction after each 500 clients, which leaves the database to"
                  + " live scores.");

  private static final Setting<String> SHOP_NAME =
      SETTINGS
          .declare("shop.name", text())
          .withDefault("The shop", "The shop's name in previews of emails; the same as the job's.");

  private static final Setting<String> SHOP_URL =
      SETTINGS
          .declare(
              "shop.url",
              new SettingType<>(
                  "an http or https URL", url -> WebUrl.require("shop.url", url).toString()))
          .withDefault("https://shop.example", "Target of the button of previews, as the job's.");

  private static final Setting<String> SHOP_POSTAL_ADDRESS =
      SETTINGS
          .declare("shop.postal-address", text())
          .withDefault(
              "The postal address is in the job's settings",
              "The shop's postal address in previews, as the job's.");

  private static final Setting<String> LLM_BASE_URL =
      SETTINGS
          .declare("llm.base-url", text())
          .withDefault(
              LlmSettings.OPENROUTER, "Base URL of an OpenAI-compatible API, as the job's.");

  private static final Setting<Optional<String>> LLM_API_KEY =
      SETTINGS
          .declare("llm.api-key", text())
          .secret()
          .optional("Key of that API. Without a key, only the template writes previews.");

  private static final Setting<String> LLM_MODEL =
      SETTINGS
          .declare("llm.model", text())
          .withDefault("openai/gpt-4o-mini", "The API's name of the model, as the job's.");

  private static final Setting<Integer> LLM_MAX_COMPLETION_TOKENS =
      SETTINGS
          .declare("llm.max-completion-tokens", LlmSettings.TOKENS)
          .withDefault(
              Integer.toString(LlmSettings.DEFAULT_COMPLETION_TOKENS),
              "Limit on the tokens of one answer, as the job's.");

  private static final Setting<Integer> LLM_MAX_REPAIR_TOKENS =
      SETTINGS
          .declare("llm.max-repair-tokens", LlmSettings.TOKENS)
          .withDefault(
              Integer.toString(LlmSettings.DEFAULT_REPAIR_TOKENS),
              "The same after an answer that was cut off, as the job's.");

  private static final Setting<Optional<String>> LLM_REASONING_EFFORT =
      SETTINGS
          .declare("llm.reasoning-effort", LlmSettings.REASONING_EFFORT)
          .optional("How much the model thinks, as the job's.");

  private static final Setting<BigDecimal> PREVIEW_BUDGET =
      SETTINGS
          .declare("dashboard.preview-budget-usd", amount())
          .withDefault(
              "1",
              "Limit on the US dollars that the previews of one dashboard may cost in a UTC day,"
                  + " counted from its start. It is apart from the job's budget.");

  private static final Setting<BigDecimal> MESSAGE_USD =
      SETTINGS
          .declare("dashboard.message-cost-usd", amount())
          .withDefault(
              "0",
              "What one email costs to send, in US dollars, such as 0.0004. The pages add it to the"
                  + " cost of the models.");

  private static final Setting<Optional<URI>> FLINK_URL =
      SETTINGS
          .declare("flink.url", webUrl())
          .optional(
              "The reader of Flink, which shows the job and takes no other request. Without it, the"
                  + " pipeline page does not know the job's state.");

  private static final Setting<Optional<String>> KAFKA_BOOTSTRAP =
      SETTINGS
          .declare("kafka.bootstrap-servers", text())
          .optional(
              "Kafka brokers. Without them, the dashboard neither shows nor replays dead letters.");

  private static final Setting<Optional<Path>> KAFKA_TLS = KafkaLogin.declareTls(SETTINGS);

  private static final Setting<String> TOPIC_PREFIX =
      SETTINGS
          .declare("kafka.topic-prefix", matching("the name of a topic", "[A-Za-z0-9._-]{1,100}"))
          .withDefault("rekindle", "First part of the name of every topic.");

  private static final Setting<String> SLOT =
      SETTINGS
          .declare("replication.slot", matching("the name of a slot", "[a-z0-9_]{1,63}"))
          .withDefault(
              "rekindle",
              "Replication slot of the connector, which shows the progress of capture.");

  /**
   * Sign-in and sessions.
   *
   * @param adminEmail of the account that the dashboard makes when there is none
   * @param adminPassword empty for no first admin
   * @param idle a session ends after this time without a request of a person
   * @param max a session ends this long after the sign-in
   * @param passwords whether passwords are taken
   * @param oidc the OpenID provider; empty if there is none
   */
  public record SignInSettings(
      String adminEmail,
      Optional<String> adminPassword,
      Duration idle,
      Duration max,
      boolean passwords,
      Optional<OidcSettings> oidc) {

    /** Leaves out the password. */
    @Override
    public String toString() {
      return "SignInSettings[adminEmail=%s, idle=%s, max=%s]".formatted(adminEmail, idle, max);
    }
  }

  /**
   * The parts of the pipeline that the dashboard asks.
   *
   * @param flinkUrl of Flink's REST API; empty to leave it out
   * @param kafka brokers; empty to leave them out
   * @param topicPrefix first part of the name of every topic
   * @param slot replication slot of the connector
   */
  public record PipelineSettings(
      Optional<URI> flinkUrl, Optional<KafkaLogin> kafka, String topicPrefix, String slot) {}

  /**
   * The writers of previews.
   *
   * @param shopName as readers know the shop
   * @param shopUrl target of the one button
   * @param postalAddress of the shop, on one line
   * @param model empty for the template alone
   */
  public record WritingSettings(
      String shopName, String shopUrl, String postalAddress, Optional<LlmSettings> model) {

    /**
     * The shop's facts in every preview, which belongs to no email and so has no link of its own.
     */
    LayoutSettings layout() {
      return new LayoutSettings(
          shopName, shopUrl, postalAddress, emailId -> UnsubscribeLinks.PREVIEW);
    }
  }

  /**
   * Reads the settings.
   *
   * @throws InvalidSettingsException naming every setting that is wrong or missing
   */
  public static DashboardSettings from(Map<String, String> environment) {
    return of(SETTINGS.read(environment));
  }

  /** The settings of values that {@link #SETTINGS} has read. */
  static DashboardSettings of(SettingValues values) {
    return new DashboardSettings(
        values.get(HOST),
        values.get(PORT),
        values.get(PUBLIC_URL),
        values.get(TRUST_PROXY),
        new DatabaseLogin(
            values.get(DATABASE_URL),
            values.get(DATABASE_USER),
            values.get(DATABASE_PASSWORD).orElse("")),
        new SignInSettings(
            values.get(ADMIN_EMAIL),
            values.get(ADMIN_PASSWORD),
            values.get(SESSION_IDLE),
            values.get(SESSION_MAX),
            values.get(PASSWORD_SIGN_IN),
            values
                .get(OIDC_ISSUER)
                .map(
                    issuer ->
                        new OidcSettings(
                            issuer,
                            values.get(OIDC_CLIENT_ID).orElseThrow(),
                            values.get(OIDC_CLIENT_SECRET),
                            values.get(OIDC_SCOPES),
                            values.get(OIDC_EMAIL_CLAIM),
                            values.get(OIDC_ROLE_CLAIM),
                            values.get(OIDC_ROLES).orElseThrow(),
                            values.get(OIDC_NAME)))),
        new PipelineSettings(
            values.get(FLINK_URL),
            values
                .get(KAFKA_BOOTSTRAP)
                .map(brokers -> new KafkaLogin(brokers, values.get(KAFKA_TLS).orElse(null))),
            values.get(TOPIC_PREFIX),
            values.get(SLOT)),
        values.get(METRICS_PUBLIC),
        values.get(SCORE_OVERRIDES),
        values.get(WRITES_PER_MINUTE),
        values.get(AUDIT_RETENTION),
        values.get(RECONSTRUCTION),
        values.get(RECONSTRUCTION_PAUSE),
        new WritingSettings(
            values.get(SHOP_NAME),
            values.get(SHOP_URL),
            values.get(SHOP_POSTAL_ADDRESS),
            values.get(LLM_API_KEY).map(key -> model(values, key))),
        values.get(MESSAGE_USD));
  }

  /** A preview is read by a person who waits, so there are few at once. */
  private static LlmSettings model(SettingValues values, String key) {
    LlmSettings defaults =
        LlmSettings.defaults(Secret.of(LLM_API_KEY.variable(), key), values.get(LLM_MODEL));
    return new LlmSettings(
        values.get(LLM_BASE_URL),
        defaults.apiKey(),
        defaults.model(),
        LlmSettings.isOpenRouter(values.get(LLM_BASE_URL)),
        PREVIEWS_AT_ONCE,
        PREVIEWS_AT_ONCE,
        defaults.requestsPerMinute(),
        defaults.tokensPerMinute(),
        values.get(PREVIEW_BUDGET),
        defaults.promptUsdPerMillionTokens(),
        defaults.completionUsdPerMillionTokens(),
        values.get(LLM_MAX_COMPLETION_TOKENS),
        Math.max(values.get(LLM_MAX_COMPLETION_TOKENS), values.get(LLM_MAX_REPAIR_TOKENS)),
        values.get(LLM_REASONING_EFFORT).orElse(null),
        defaults.maxRetries(),
        PREVIEW_CALL,
        PREVIEW_DEADLINE,
        defaults.maxResponseBytes());
  }

  /** People can sign in, and the provider can send them back. */
  private static void check(SettingValues values) {
    if (values.isGiven(OIDC_ISSUER)) {
      values.requireGiven(OIDC_CLIENT_ID);
      values.requireGiven(OIDC_ROLES);
      if (!isLoopback(values.get(HOST))) {
        values.requireGiven(PUBLIC_URL);
      }
    } else if (!values.get(PASSWORD_SIGN_IN)) {
      values.refuse(
          PASSWORD_SIGN_IN,
          "true, or set " + OIDC_ISSUER.variable() + ": otherwise no sign-in is possible");
    }
  }

  private static boolean isSafe(URI url) {
    return url.getScheme().equals("https") || isLoopback(url.getHost());
  }

  /** Whether a name or address reaches no other machine. */
  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d+){3}");
  }

  private static Map<String, Role> roles(String text) {
    Map<String, Role> roles = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.lastIndexOf('=');
      roles.put(
          pair.substring(0, Math.max(0, equals)).strip(),
          Role.valueOf(pair.substring(equals + 1).strip()));
    }
    return roles;
  }

  /** Whether browsers reach the dashboard by https. */
  boolean https() {
    return publicUrl.map(url -> url.getScheme().equals("https")).orElse(false);
  }
}
