package io.rekindle.email.sender.settings;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.mail.MailAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/**
 * How the sender starts. All of it comes from the environment, so that no secret is on a command
 * line.
 *
 * @param mode what becomes of an email that may be sent
 * @param http where unsubscribe links are answered
 * @param smtp the server that takes the emails; null in {@link Mode#LOG}
 * @param identity who the emails are from; null in {@link Mode#LOG}
 * @param links base URL and secret of the unsubscribe links
 */
public record SenderSettings(
    Mode mode,
    Http http,
    DatabaseSettings database,
    Smtp smtp,
    Identity identity,
    Links links,
    Delivery delivery) {

  /** What becomes of an email that may be sent. */
  public enum Mode {
    /** An SMTP server gets it. */
    SMTP,
    /** Nobody gets it: its status says LOGGED and a line in the log has its id. */
    LOG
  }

  /** How the conversation with the SMTP server is kept from others. */
  public enum Security {
    /** In the clear at first, then STARTTLS; a server that does not offer it gets nothing. */
    STARTTLS,
    /** STARTTLS if the server offers it. */
    STARTTLS_IF_OFFERED,
    /** TLS from the first byte. */
    TLS,
    /** In the clear. */
    NONE
  }

  /**
   * Where the sender listens.
   *
   * @param port 0 takes a free one
   * @param metrics whether everybody who reaches the port may read {@code /metrics}; else nobody
   */
  public record Http(String host, int port, boolean metrics) {}

  /**
   * The database with the schemas shop and engagement.
   *
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
   * The server that takes the emails.
   *
   * @param user empty to send without signing in
   * @param timeout for each of the server's answers, and for the connection to it
   */
  public record Smtp(
      String host, int port, Security security, String user, String password, Duration timeout) {

    @Override
    public String toString() {
      return "Smtp[" + host + ":" + port + ", " + security + ", user=" + user + "]";
    }
  }

  /**
   * Who the emails are from. Addresses are valid ones.
   *
   * @param fromName empty for none
   * @param replyTo null for none
   * @param returnPath where the servers on the way report failures to
   * @param unsubscribeAddress takes unsubscribing by email; null for none
   * @param domain the right part of every Message-ID
   */
  public record Identity(
      String from,
      String fromName,
      String replyTo,
      String returnPath,
      String unsubscribeAddress,
      String domain) {}

  /** What makes {@link UnsubscribeLinks}. */
  public record Links(String baseUrl, String secret) {

    public UnsubscribeLinks create() {
      return new UnsubscribeLinks(baseUrl, secret);
    }

    @Override
    public String toString() {
      return "Links[" + baseUrl + "]";
    }
  }

  /**
   * How fast, how often and how long.
   *
   * @param perSecond most emails in a second
   * @param lease for how long an email belongs to a sender that has not been heard of since
   * @param firstRetry after the first attempt that failed for now; doubles until an hour
   * @param maxAttempts after so many the email has failed
   * @param expiry age at which an email that was not sent is no longer worth sending
   * @param poll pause before looking for more when there is nothing to send
   */
  public record Delivery(
      int perSecond,
      Duration lease,
      Duration firstRetry,
      int maxAttempts,
      Duration expiry,
      Duration poll) {}

  /** Every environment variable; those whose default is null are required. */
  private enum Variable {
    DATABASE_URL(
        null,
        "JDBC URL of the database, as in jdbc:postgresql://127.0.0.1:5432/rekindle. Required."),
    DATABASE_USER("rekindle_sender", "Database role."),
    DATABASE_PASSWORD("", "The role's password."),
    UNSUBSCRIBE_BASE_URL(
        null,
        "Where readers reach this process, http or https, as in https://mail.shop.example; the"
            + " same as the job's. Required."),
    UNSUBSCRIBE_SECRET(
        null, "Signs unsubscribe links: at least 32 characters, the same as the job's. Required."),
    SENDER_MODE(
        "smtp", "smtp, or log: nothing leaves, and emails end as LOGGED instead of as SENT."),
    SENDER_HOST("127.0.0.1", "Address to listen on, for unsubscribe links and GET /health."),
    SENDER_PORT("8090", "TCP port to listen on, 0 to 65535; 0 takes a free one."),
    SENDER_METRICS_PUBLIC(
        "false",
        "true shows GET /metrics to everybody who reaches the port, which the whole internet may;"
            + " else there is no such page."),
    SENDER_RATE("10", "Most emails in a second, 1 to 10000."),
    SENDER_LEASE_SECONDS(
        "60",
        "How long emails wait for a sender that was killed while it had them, 5 to 3600. A sender"
            + " that lives renews."),
    SENDER_RETRY_SECONDS(
        "60", "Pause after a first failure for now, 1 to 3600; doubles until an hour."),
    SENDER_MAX_ATTEMPTS("10", "Attempts after which an email has failed, 1 to 100."),
    SENDER_EXPIRE_HOURS("72", "Age at which an unsent email is cancelled, 1 to 720."),
    SENDER_POLL_MILLIS("1000", "Pause between looks for emails to send, 10 to 60000."),
    SMTP_HOST(null, "Host of the SMTP server. Required unless the mode is log."),
    SMTP_PORT("587", "Port of the SMTP server."),
    SMTP_SECURITY(
        "starttls",
        "starttls (a server without it gets nothing), starttls-if-offered, tls (from the first"
            + " byte) or none."),
    SMTP_USER("", "User to sign in as; without one, nobody signs in."),
    SMTP_PASSWORD("", "The user's password."),
    SMTP_TIMEOUT_SECONDS("60", "How long each answer of the server may take, 1 to 600."),
    MAIL_FROM(null, "Address the emails are from. Required unless the mode is log."),
    MAIL_FROM_NAME("", "Name beside that address."),
    MAIL_REPLY_TO("", "Address that answers go to, if another."),
    MAIL_RETURN_PATH("", "Address that failures are reported to, if another."),
    MAIL_UNSUBSCRIBE_ADDRESS(
        "", "Address that takes unsubscribing by email, if there is one, beside the link."),
    MAIL_DOMAIN("", "Right part of every Message-ID; else the domain that emails are from.");

    private final String defaultValue;
    private final String description;

    Variable(String defaultValue, String description) {
      this.defaultValue = defaultValue;
      this.description = description;
    }

    String variable() {
      return "REKINDLE_" + name();
    }

    String help() {
      return "  %s%n      %s%s%n"
          .formatted(
              variable(),
              description,
              defaultValue == null || defaultValue.isEmpty() ? "" : " Default: " + defaultValue);
    }
  }

  /**
   * Reads the settings; an absent or empty variable means the default.
   *
   * @throws InvalidSettingsException if any is wrong or a required one is absent; names them all
   */
  public static SenderSettings from(Map<String, String> environment)
      throws InvalidSettingsException {
    EnvironmentReader reader = new EnvironmentReader(environment);
    Mode mode = reader.oneOf(Variable.SENDER_MODE, Mode.class);
    Http http =
        new Http(
            reader.host(Variable.SENDER_HOST),
            reader.port(Variable.SENDER_PORT, 0),
            reader.bool(Variable.SENDER_METRICS_PUBLIC));
    DatabaseSettings database =
        new DatabaseSettings(
            reader.databaseUrl(),
            reader.text(Variable.DATABASE_USER),
            reader.text(Variable.DATABASE_PASSWORD));
    Links links = reader.links();
    Smtp smtp = mode == Mode.LOG ? null : reader.smtp();
    Identity identity = mode == Mode.LOG ? null : reader.identity();
    Delivery delivery =
        new Delivery(
            reader.number(Variable.SENDER_RATE, 1, 10_000),
            Duration.ofSeconds(reader.number(Variable.SENDER_LEASE_SECONDS, 5, 3_600)),
            Duration.ofSeconds(reader.number(Variable.SENDER_RETRY_SECONDS, 1, 3_600)),
            reader.number(Variable.SENDER_MAX_ATTEMPTS, 1, 100),
            Duration.ofHours(reader.number(Variable.SENDER_EXPIRE_HOURS, 1, 720)),
            Duration.ofMillis(reader.number(Variable.SENDER_POLL_MILLIS, 10, 60_000)));
    if (!reader.problems.isEmpty()) {
      throw new InvalidSettingsException(reader.problems);
    }
    return new SenderSettings(mode, http, database, smtp, identity, links, delivery);
  }

  /** The text of {@code --help}. */
  public static String help() {
    return """
        Usage: java -jar rekindle-email-sink-VERSION-sender.jar [--help]

        Sends the emails that are ready, and answers their unsubscribe links. Any number of these
        processes may run on one database. Settings come from the environment:

        """
        + Arrays.stream(Variable.values()).map(Variable::help).collect(Collectors.joining());
  }

  /** Reads variables and collects what is wrong with them; what is wrong is read as null or 0. */
  private static final class EnvironmentReader {

    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    EnvironmentReader(Map<String, String> environment) {
      this.environment = environment;
    }

    /** Null if it is required and absent, which is a problem then. */
    String text(Variable variable) {
      String value = environment.get(variable.variable());
      if (value != null && !value.isBlank()) {
        return value.strip();
      }
      if (variable.defaultValue == null) {
        problems.add(variable.variable() + " is not set: " + variable.description);
      }
      return variable.defaultValue;
    }

    int number(Variable variable, int min, int max) {
      String value = text(variable);
      if (value.matches("[0-9]{1,9}")) {
        int number = Integer.parseInt(value);
        if (number >= min && number <= max) {
          return number;
        }
      }
      addProblem(variable, value, "give a number from " + min + " to " + max);
      return 0;
    }

    boolean bool(Variable variable) {
      String value = text(variable);
      if (!value.equals("true") && !value.equals("false")) {
        addProblem(variable, value, "give true or false");
      }
      return value.equals("true");
    }

    int port(Variable variable, int min) {
      return number(variable, min, 65_535);
    }

    String host(Variable variable) {
      String value = text(variable);
      if (value != null && !value.matches("[A-Za-z0-9.:_-]+")) {
        addProblem(variable, value, "give a host name or an IP address");
      }
      return value;
    }

    <E extends Enum<E>> E oneOf(Variable variable, Class<E> type) {
      String value = text(variable);
      for (E constant : type.getEnumConstants()) {
        if (nameOf(constant).equals(value.toLowerCase(Locale.ROOT))) {
          return constant;
        }
      }
      addProblem(
          variable,
          value,
          "give one of "
              + Arrays.stream(type.getEnumConstants())
                  .map(EnvironmentReader::nameOf)
                  .collect(Collectors.joining(", ")));
      return type.getEnumConstants()[0];
    }

    private static String nameOf(Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String databaseUrl() {
      String url = text(Variable.DATABASE_URL);
      if (url != null && Driver.parseURL(url, null) == null) {
        // The value is not repeated: a JDBC URL may carry a password.
        problems.add(
            Variable.DATABASE_URL.variable()
                + " is no such URL: "
                + Variable.DATABASE_URL.description);
      }
      return url;
    }

    Links links() {
      Links links =
          new Links(text(Variable.UNSUBSCRIBE_BASE_URL), text(Variable.UNSUBSCRIBE_SECRET));
      if (links.secret() != null && links.secret().length() < UnsubscribeLinks.MIN_SECRET) {
        problems.add(
            Variable.UNSUBSCRIBE_SECRET.variable()
                + " is too short: give at least "
                + UnsubscribeLinks.MIN_SECRET
                + " characters.");
      } else if (links.baseUrl() != null && links.secret() != null) {
        try {
          links.create();
        } catch (IllegalArgumentException e) {
          problems.add(Variable.UNSUBSCRIBE_BASE_URL.variable() + " is " + e.getMessage() + ".");
        }
      }
      return links;
    }

    Smtp smtp() {
      Smtp smtp =
          new Smtp(
              host(Variable.SMTP_HOST),
              port(Variable.SMTP_PORT, 1),
              oneOf(Variable.SMTP_SECURITY, Security.class),
              text(Variable.SMTP_USER),
              text(Variable.SMTP_PASSWORD),
              Duration.ofSeconds(number(Variable.SMTP_TIMEOUT_SECONDS, 1, 600)));
      boolean readable =
          smtp.security() == Security.NONE || smtp.security() == Security.STARTTLS_IF_OFFERED;
      if (readable && !smtp.user().isEmpty() && !isLoopback(smtp.host())) {
        addProblem(
            Variable.SMTP_SECURITY,
            nameOf(smtp.security()),
            "with a user, give starttls or tls, so that nobody on the way reads the password");
      }
      return smtp;
    }

    private static boolean isLoopback(String host) {
      try {
        return host == null || InetAddress.getByName(host).isLoopbackAddress();
      } catch (UnknownHostException e) {
        return false;
      }
    }

    Identity identity() {
      String from = address(Variable.MAIL_FROM);
      String fromName = text(Variable.MAIL_FROM_NAME);
      if (!HeaderText.of(fromName).equals(fromName)) {
        addProblem(Variable.MAIL_FROM_NAME, HeaderText.of(fromName), "give one plain line");
      }
      String returnPath = address(Variable.MAIL_RETURN_PATH);
      String domain = text(Variable.MAIL_DOMAIN);
      if (domain.isEmpty() && from != null) {
        domain = from.substring(from.indexOf('@') + 1);
      } else if (!domain.isEmpty() && !MailAddress.isDomain(domain)) {
        addProblem(Variable.MAIL_DOMAIN, domain, "give a domain, such as shop.example");
      }
      return new Identity(
          from,
          fromName,
          address(Variable.MAIL_REPLY_TO),
          returnPath == null ? from : returnPath,
          address(Variable.MAIL_UNSUBSCRIBE_ADDRESS),
          domain);
    }

    /** Null if there is none. */
    private String address(Variable variable) {
      String value = text(variable);
      if (value == null || value.isEmpty()) {
        return null;
      }
      Optional<String> address = MailAddress.parse(value);
      if (address.isEmpty()) {
        addProblem(variable, value, "give an address, such as hello@shop.example");
      }
      return address.orElse(null);
    }

    private void addProblem(Variable variable, String value, String remedy) {
      problems.add(variable.variable() + " is \"" + value + "\": " + remedy + ".");
    }
  }
}
