package io.rekindle.local.server;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.local.process.ClassArchive;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.server.StackInfo.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The process of the dashboard. */
public final class DashboardServer extends HttpServer {

  public static final String NAME = "dashboard";

  private final DataDirectory data;
  private final PostgresServer postgres;
  private final int port;
  private final String password;
  private final String flinkUrl;
  private final KafkaLogin kafka;
  private final String classPath;

  public DashboardServer(
      DataDirectory data,
      PostgresServer postgres,
      int port,
      String password,
      String flinkUrl,
      KafkaLogin kafka,
      Installation installation) {
    super(port, "/health");
    this.data = data;
    this.postgres = postgres;
    this.port = port;
    this.password = password;
    this.flinkUrl = flinkUrl;
    this.kafka = kafka;
    this.classPath = installation.classPath("dashboard", data);
  }

  @Override
  public ProcessSpec process() {
    Account role = postgres.account(PostgresServer.API);
    List<String> flags =
        new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    flags.addAll(ClassArchive.flags(data.lib(NAME), classPath));
    return ProcessSpec.ofJava(
        NAME,
        "the dashboard",
        data,
        classPath,
        flags,
        "io.rekindle.dashboard.Dashboard",
        List.of(),
        Map.ofEntries(
            Map.entry("REKINDLE_DASHBOARD_PORT", Integer.toString(port)),
            Map.entry("REKINDLE_DASHBOARD_ADMIN_EMAIL", account().user()),
            Map.entry("REKINDLE_DASHBOARD_ADMIN_PASSWORD", account().password()),
            Map.entry("REKINDLE_DASHBOARD_SCORE_OVERRIDES", "true"),
            Map.entry("REKINDLE_FLINK_URL", flinkUrl),
            Map.entry("REKINDLE_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap()),
            Map.entry("REKINDLE_KAFKA_TLS", kafka.tls().toString()),
            Map.entry("REKINDLE_DATABASE_URL", postgres.jdbcUrl()),
            Map.entry("REKINDLE_DATABASE_USER", role.user()),
            Map.entry("REKINDLE_DATABASE_PASSWORD", role.password()),
            Map.entry("REKINDLE_SHOP_NAME", DemoIdentity.SHOP_NAME),
            Map.entry("REKINDLE_SHOP_URL", DemoIdentity.SHOP_URL),
            Map.entry("REKINDLE_SHOP_POSTAL_ADDRESS", DemoIdentity.POSTAL_ADDRESS)),
        // The first orderly end writes the class archive, which takes long on a busy machine.
        Duration.ofSeconds(60));
  }

  /** The account of the demo. */
  public Account account() {
    return new Account(DemoIdentity.DASHBOARD_ACCOUNT, password);
  }
}
