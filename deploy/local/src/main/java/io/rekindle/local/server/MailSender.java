package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.server.StackInfo.Account;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The process of the sender, which sends emails to the mail catcher and answers unsubscribe links.
 */
public final class MailSender extends HttpServer {

  public static final String NAME = "sender";

  private final DataDirectory data;
  private final PostgresServer postgres;
  private final MailCatcher mail;
  private final int port;
  private final String unsubscribeSecret;
  private final String classPath;

  /**
   * @param unsubscribeSecret the secret that signs the links, shared with the job
   */
  public MailSender(
      DataDirectory data,
      PostgresServer postgres,
      MailCatcher mail,
      int port,
      String unsubscribeSecret,
      Installation installation) {
    super(port, "/health");
    this.data = data;
    this.postgres = postgres;
    this.mail = mail;
    this.port = port;
    this.unsubscribeSecret = unsubscribeSecret;
    this.classPath = installation.classPath("sender", data);
  }

  @Override
  public ProcessSpec process() {
    Account account = postgres.account(PostgresServer.SENDER);
    return ProcessSpec.ofJava(
        NAME,
        "the sender",
        data,
        classPath,
        List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        "io.rekindle.email.sender.Sender",
        List.of(),
        Map.ofEntries(
            Map.entry("REKINDLE_DATABASE_URL", postgres.jdbcUrl()),
            Map.entry("REKINDLE_DATABASE_USER", account.user()),
            Map.entry("REKINDLE_DATABASE_PASSWORD", account.password()),
            Map.entry("REKINDLE_SENDER_MODE", "smtp"),
            Map.entry("REKINDLE_SENDER_HOST", "127.0.0.1"),
            Map.entry("REKINDLE_SENDER_PORT", Integer.toString(port)),
            // A killed sender starts again within seconds, so short leases suffice.
            Map.entry("REKINDLE_SENDER_LEASE", "10 s"),
            Map.entry("REKINDLE_SMTP_HOST", "127.0.0.1"),
            Map.entry("REKINDLE_SMTP_PORT", Integer.toString(mail.smtpPort())),
            Map.entry("REKINDLE_SMTP_SECURITY", "none"),
            Map.entry("REKINDLE_MAIL_FROM", DemoIdentity.MAIL_FROM),
            Map.entry("REKINDLE_MAIL_FROM_NAME", DemoIdentity.SHOP_NAME),
            Map.entry("REKINDLE_UNSUBSCRIBE_BASE_URL", url()),
            Map.entry("REKINDLE_UNSUBSCRIBE_SECRET", unsubscribeSecret)),
        Duration.ofSeconds(10));
  }
}
