package io.rekindle.local.stack;

import io.rekindle.local.stack.StackInfo.Account;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The dashboard. */
final class DashboardServer implements Server {

  static final String NAME = "dashboard";

  private final DataDirectory data;
  private final PostgresServer postgres;
  private final int port;
  private final String classPath;
  private final Rest rest;

  DashboardServer(
      DataDirectory data, PostgresServer postgres, int port, Installation installation) {
    this.data = data;
    this.postgres = postgres;
    this.port = port;
    this.classPath = installation.classPath("dashboard", data);
    this.rest = new Rest(url());
  }

  @Override
  public ProcessSpec process() {
    Account account = postgres.account(PostgresServer.API);
    return ProcessSpec.ofJava(
        NAME,
        "the dashboard",
        data,
        classPath,
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        "io.rekindle.dashboard.Dashboard",
        List.of(),
        Map.of(
            "REKINDLE_DASHBOARD_PORT", Integer.toString(port),
            "REKINDLE_DATABASE_URL", postgres.jdbcUrl(),
            "REKINDLE_DATABASE_USER", account.user(),
            "REKINDLE_DATABASE_PASSWORD", account.password()),
        Duration.ofSeconds(10));
  }

  @Override
  public void check() throws IOException {
    rest.get("/health");
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }
}
