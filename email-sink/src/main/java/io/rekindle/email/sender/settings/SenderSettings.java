package io.rekindle.email.sender.settings;

import static io.rekindle.platform.settings.SettingType.accepted;
import static io.rekindle.platform.settings.SettingType.bool;
import static io.rekindle.platform.settings.SettingType.duration;
import static io.rekindle.platform.settings.SettingType.host;
import static io.rekindle.platform.settings.SettingType.oneOf;
import static io.rekindle.platform.settings.SettingType.text;
import static io.rekindle.platform.settings.SettingType.wholeNumber;

import io.rekindle.email.EmailExpiry;
import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.WebUrl;
import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.mail.MailAddress;
import io.rekindle.platform.settings.DatabaseLogin;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * The settings of the sender, all from the environment. The class is long, since it declares every
 * setting with its type, default and description.
 *
 * @param mode treatment of an email that may be sent
 * @param http port for unsubscribe links and health
 * @param smtp the SMTP server; null in {@link Mode#LOG}
 * @param identity the sender in the headers; null in {@link Mode#LOG}
 */
public record SenderSettings(
    Mode mode,
    Http http,
    DatabaseLogin database,
    Smtp smtp,
    Identity identity,
    UnsubscribeLinks links,
    Delivery delivery) {

  /** Every setting of the sender. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -jar rekindle-email-sink-VERSION-sender.jar",
          """
          The sender sends the emails that are ready, and serves their unsubscribe links. Any number
          of senders may run on one database.\
          """,
          Sources.ENVIRONMENT,
          SenderSettings::check);

  private static final SettingType<String> ADDRESS =
      new SettingType<>(
          "an address, such as hello@shop.example",
          text -> MailAddress.parse(text).orElseThrow(IllegalArgumentException::new));

  private static final Setting<String> DATABASE_URL =
      SETTINGS
          .declare("database.url", SettingType.jdbcUrl(url -> Driver.parseURL(url, null) != null))
          .required("JDBC URL of the database with the schemas shop and engagement.");

  private static final Setting<String> DATABASE_USER =
      SETTINGS.declare("database.user", text()).withDefault("rekindle_sender", "Database role.");

  private static final Setting<Optional<String>> DATABASE_PASSWORD =
      SETTINGS.declare("database.password", text()).secret().optional("The role's password.");

  private static final Setting<String> BASE_URL =
      SETTINGS
          .declare(
              "unsubscribe.base-url",
              new SettingType<>(
                  "an http or https URL without query and fragment",
                  url -> WebUrl.requireBase("baseUrl", url)))
          .required(
              "Public address of the sender, such as https://mail.shop.example; the same as the"
                  + " job's.");

  private static final Setting<String> SECRET =
      SETTINGS
          .declare(
              "unsubscribe.secret",
              accepted(
                  "at least " + UnsubscribeLinks.MIN_SECRET + " characters",
                  secret -> secret.length() >= UnsubscribeLinks.MIN_SECRET))
          .secret()
          .required("Signs the unsubscribe links; the same as the job's.");

  private static final Setting<Optional<List<String>>> OLD_SECRETS =
      SETTINGS
          .declare(
              "unsubscribe.old-secrets",
              new SettingType<>(
                  "secrets of at least "
                      + UnsubscribeLinks.MIN_SECRET
                      + " characters, with commas between them",
                  SenderSettings::oldSecrets))
          .secret()
          .optional(
              "Secrets that signed unsubscribe links before the present one. Their links stay"
                  + " valid.");

  private static final Setting<Mode> MODE =
      SETTINGS
          .declare("sender.mode", oneOf(Mode.class))
          .withDefault(
              "smtp", "log sends nothing: emails end with the status LOGGED instead of SENT.");

  private static final Setting<String> HOST =
      SETTINGS
          .declare("sender.host", host())
          .withDefault("127.0.0.1", "Address to listen on, for unsubscribe links and GET /health.");

  private static final Setting<Integer> PORT =
      SETTINGS
          .declare("sender.port", wholeNumber(0, 65_535))
          .withDefault("8090", "TCP port to listen on; 0 takes a free one.");

  private static final Setting<Boolean> METRICS_PUBLIC =
      SETTINGS
          .declare("sender.metrics-public", bool())
          .withDefault(
              "false",
              "true serves GET /metrics on the same port without sign-in, to the internet, too, if"
                  + " the port is public. Otherwise the page does not exist.");

  private static final Setting<Integer> RATE =
      SETTINGS
          .declare("sender.rate", wholeNumber(1, 10_000))
          .withDefault("10", "Limit on the emails of one sender in a second.");

  private static final Setting<Duration> LEASE =
      SETTINGS
          .declare("sender.lease", duration(Duration.ofSeconds(5), Duration.ofHours(1)))
          .withDefault(
              "60 s",
              "How long emails wait for a killed sender before another sender takes them. A live"
                  + " sender renews its leases.");

  private static final Setting<Duration> RETRY =
      SETTINGS
          .declare("sender.retry", duration(Duration.ofSeconds(1), Duration.ofHours(1)))
          .withDefault(
              "60 s",
              "Pause after a first failure that may pass; doubles until an hour, until the email"
                  + " expires. Also the first pause of a domain that refuses the sender.");

  private static final Setting<Duration> EXPIRE =
      EmailExpiry.declare(SETTINGS, "Age at which the sender cancels an unsent email.");

  private static final Setting<Duration> POLL =
      SETTINGS
          .declare("sender.poll", duration(Duration.ofMillis(10), Duration.ofMinutes(1)))
          .withDefault("1 s", "Pause between queries for emails to send.");

  private static final Setting<Optional<String>> SMTP_HOST =
      SETTINGS
          .declare("smtp.host", host())
          .optional("Host of the SMTP server; required unless the mode is log.");

  private static final Setting<Integer> SMTP_PORT =
      SETTINGS
          .declare("smtp.port", wholeNumber(1, 65_535))
          .withDefault("587", "Port of the SMTP server.");

  private static final Setting<Security> SMTP_SECURITY =
      SETTINGS
          .declare("smtp.security", oneOf(Security.class))
          .withDefault(
              "starttls",
              "With starttls, a server that does not offer STARTTLS gets nothing. tls encrypts from"
                  + " the first byte.");

  private static final Setting<Optional<String>> SMTP_USER =
      SETTINGS
          .declare("smtp.user", text())
          .optional("User at the SMTP server. Without it, the sender does not sign in.");

  private static final Setting<Optional<String>> SMTP_PASSWORD =
      SETTINGS.declare("smtp.password", text()).secret().optional("The user's password.");

  private static final Setting<Duration> SMTP_TIMEOUT =
      SETTINGS
          .declare("smtp.timeout", duration(Duration.ofSeconds(1), Duration.ofMinutes(10)))
          .withDefault(
              "5 min", "Longest wait for each response of the SMTP server but that to a message.");

  private static final Setting<Duration> SMTP_FINAL_TIMEOUT =
      SETTINGS
          .declare("smtp.final-timeout", duration(Duration.ofSeconds(1), Duration.ofMinutes(30)))
          .withDefault(
              "10 min",
              "Longest wait for the response to a message. A shorter one makes copies: the server"
                  + " may have taken it.");

  private static final Setting<Optional<String>> MAIL_FROM =
      SETTINGS
          .declare("mail.from", ADDRESS)
          .optional("Address in From; required unless the mode is log.");

  private static final Setting<Optional<String>> MAIL_FROM_NAME =
      SETTINGS
          .declare(
              "mail.from-name",
              accepted("one plain line", name -> HeaderText.of(name).equals(name)))
          .optional("Name beside that address.");

  private static final Setting<Optional<String>> MAIL_REPLY_TO =
      SETTINGS.declare("mail.reply-to", ADDRESS).optional("Another address for answers.");

  private static final Setting<Optional<String>> MAIL_RETURN_PATH =
      SETTINGS
          .declare("mail.return-path", ADDRESS)
          .optional("Another address for failure reports.");

  private static final Setting<Optional<String>> MAIL_UNSUBSCRIBE_ADDRESS =
      SETTINGS
          .declare("mail.unsubscribe-address", ADDRESS)
          .optional("Address that takes unsubscribing by email, beside the link.");

  private static final Setting<Optional<String>> MAIL_DOMAIN =
      SETTINGS
          .declare("mail.domain", accepted("a domain, such as shop.example", MailAddress::isDomain))
          .optional("Right part of every Message-ID. Without it, the domain of From holds.");

  /** Treatment of an email that may be sent. */
  public enum Mode {
    /** The sender gives it to an SMTP server. */
    SMTP,
    /** The sender sets the status LOGGED and writes the id to the log. */
    LOG
  }

  /** Encryption of the connection to the SMTP server. */
  public enum Security {
    /** STARTTLS; a server that does not offer it gets nothing. */
    STARTTLS,
    /** STARTTLS if the server offers it. */
    STARTTLS_IF_OFFERED,
    /** TLS from the first byte. */
    TLS,
    /** In the clear. */
    NONE
  }

  /**
   * The port for unsubscribe links and health.
   *
   * @param port 0 takes a free one
   * @param metrics whether the port serves {@code /metrics}
   */
  public record Http(String host, int port, boolean metrics) {}

  /**
   * The SMTP server.
   *
   * @param user empty to send without signing in
   * @param timeout of the connection and of each response but that to a message
   * @param finalTimeout of the response to a message (RFC 5321 section 4.5.3.2.6)
   */
  public record Smtp(
      String host,
      int port,
      Security security,
      String user,
      String password,
      Duration timeout,
      Duration finalTimeout) {

    @Override
    public String toString() {
      return "Smtp[" + host + ":" + port + ", " + security + ", user=" + user + "]";
    }
  }

  /**
   * The sender in the headers. All addresses are valid.
   *
   * @param fromName empty for none
   * @param replyTo null for none
   * @param returnPath address for failure reports of servers
   * @param unsubscribeAddress address that takes unsubscribing by email; null for none
   * @param domain the right part of every Message-ID
   */
  public record Identity(
      String from,
      String fromName,
      String replyTo,
      String returnPath,
      String unsubscribeAddress,
      String domain) {}

  /**
   * Rate, retries and times.
   *
   * @param perSecond limit on emails in a second
   * @param lease time for which an email belongs to a sender that does not renew the lease
   * @param firstRetry pause after the first failure that may pass; doubles until an hour
   * @param expiry age at which an unsent email is cancelled
   * @param poll pause before the next query when there is nothing to send
   */
  public record Delivery(
      int perSecond, Duration lease, Duration firstRetry, Duration expiry, Duration poll) {}

  /** The settings of values that {@link #SETTINGS} has read. */
  public static SenderSettings of(SettingValues values) {
    boolean smtp = values.get(MODE) == Mode.SMTP;
    return new SenderSettings(
        values.get(MODE),
        new Http(values.get(HOST), values.get(PORT), values.get(METRICS_PUBLIC)),
        new DatabaseLogin(
            values.get(DATABASE_URL),
            values.get(DATABASE_USER),
            values.get(DATABASE_PASSWORD).orElse("")),
        smtp ? smtp(values) : null,
        smtp ? identity(values) : null,
        new UnsubscribeLinks(
            values.get(BASE_URL), values.get(SECRET), values.get(OLD_SECRETS).orElse(List.of())),
        new Delivery(
            values.get(RATE),
            values.get(LEASE),
            values.get(RETRY),
            values.get(EXPIRE),
            values.get(POLL)));
  }

  private static Smtp smtp(SettingValues values) {
    return new Smtp(
        values.get(SMTP_HOST).orElseThrow(),
        values.get(SMTP_PORT),
        values.get(SMTP_SECURITY),
        values.get(SMTP_USER).orElse(""),
        values.get(SMTP_PASSWORD).orElse(""),
        values.get(SMTP_TIMEOUT),
        values.get(SMTP_FINAL_TIMEOUT));
  }

  private static Identity identity(SettingValues values) {
    String from = values.get(MAIL_FROM).orElseThrow();
    return new Identity(
        from,
        values.get(MAIL_FROM_NAME).orElse(""),
        values.get(MAIL_REPLY_TO).orElse(null),
        values.get(MAIL_RETURN_PATH).orElse(from),
        values.get(MAIL_UNSUBSCRIBE_ADDRESS).orElse(null),
        values.get(MAIL_DOMAIN).orElse(from.substring(from.indexOf('@') + 1)));
  }

  private static void check(SettingValues values) {
    if (values.get(MODE) == Mode.LOG) {
      return;
    }
    values.requireGiven(SMTP_HOST);
    values.requireGiven(MAIL_FROM);
    Security security = values.get(SMTP_SECURITY);
    boolean readable = security == Security.NONE || security == Security.STARTTLS_IF_OFFERED;
    if (readable
        && values.get(SMTP_USER).isPresent()
        && !values.get(SMTP_HOST).map(SenderSettings::isLoopback).orElse(true)) {
      values.refuse(
          SMTP_SECURITY, "starttls or tls, since otherwise the network can read the password");
    }
  }

  private static List<String> oldSecrets(String text) {
    List<String> secrets = Stream.of(text.split(",", -1)).map(String::strip).toList();
    if (secrets.stream().anyMatch(secret -> secret.length() < UnsubscribeLinks.MIN_SECRET)) {
      throw new IllegalArgumentException("too short");
    }
    return secrets;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
