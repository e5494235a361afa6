package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * GreenMail, an SMTP server that accepts every email and delivers none. An HTTP API shows the
 * emails, which are in memory.
 */
public final class MailCatcher extends HttpServer {

  public static final String NAME = "mail";

  private final DataDirectory data;
  private final int smtpPort;
  private final int apiPort;
  private final String classPath;

  public MailCatcher(DataDirectory data, int smtpPort, int apiPort, Installation installation) {
    super(apiPort, "/api/service/readiness");
    this.data = data;
    this.smtpPort = smtpPort;
    this.apiPort = apiPort;
    this.classPath = installation.classPath("mail", data);
  }

  @Override
  public ProcessSpec process() {
    return ProcessSpec.ofJava(
        NAME,
        "the mail catcher",
        data,
        classPath,
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dgreenmail.smtp.hostname=127.0.0.1",
            "-Dgreenmail.smtp.port=" + smtpPort,
            "-Dgreenmail.api.hostname=127.0.0.1",
            "-Dgreenmail.api.port=" + apiPort,
            "-Dgreenmail.auth.disabled"),
        "com.icegreen.greenmail.standalone.GreenMailStandaloneRunner",
        List.of(),
        Map.of(),
        Duration.ofSeconds(10));
  }

  int smtpPort() {
    return smtpPort;
  }

  public String smtp() {
    return "127.0.0.1:" + smtpPort;
  }
}
