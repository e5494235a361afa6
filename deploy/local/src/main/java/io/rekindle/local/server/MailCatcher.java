package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * GreenMail, an SMTP server that accepts every email and delivers none. An HTTP API shows the
 * emails, which are in memory.
 */
public final class MailCatcher implements Server {

  public static final String NAME = "mail";

  private final DataDirectory data;
  private final int smtpPort;
  private final int apiPort;
  private final String classPath;
  private final RestClient rest;

  public MailCatcher(DataDirectory data, int smtpPort, int apiPort, Installation installation) {
    this.data = data;
    this.smtpPort = smtpPort;
    this.apiPort = apiPort;
    this.classPath = installation.classPath("mail", data);
    this.rest = new RestClient(url());
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

  @Override
  public void check() throws IOException {
    rest.get("/api/service/readiness");
  }

  int smtpPort() {
    return smtpPort;
  }

  public String smtp() {
    return "127.0.0.1:" + smtpPort;
  }

  public String url() {
    return "http://127.0.0.1:" + apiPort;
  }
}
