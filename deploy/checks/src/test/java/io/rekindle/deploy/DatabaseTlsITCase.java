package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.jdbc.JdbcConnection;
import io.rekindle.connectors.connect.ConnectorConfig;
import io.rekindle.connectors.setup.Migrate;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.email.sender.SenderPool;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.platform.jdbc.ConnectionFailure;
import io.rekindle.platform.settings.DatabaseLogin;
import io.rekindle.platform.settings.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every client of the database, by the settings of docker-compose.yml and of the manifests, at a
 * server with the keys and the rules of the container. Only the address and the place of the
 * certificates are of this machine.
 */
class DatabaseTlsITCase {

  private static final String PASSWORD = "of-all-roles";

  /** A name that the server's certificate has, and an address that it lacks. */
  private static final String KNOWN_HOST = "localhost";

  private static final String OTHER_HOST = "127.0.0.2";

  @TempDir private static Path directory;

  private static EmbeddedPostgres postgres;

  /** The file with the authority of the server, and one with another. */
  private static Path authority;

  private static Path otherAuthority;

  /** What an operator writes. */
  private enum Manifest {
    COMPOSE {
      @Override
      String url() {
        return Repository.compose().at("/services/job/environment/REKINDLE_DATABASE_URL").asText();
      }

      @Override
      Map<String, String> connector(String host, Path rootCertificate) {
        return ConnectorConfig.of(
            host,
            postgres.getPort(),
            "rekindle_cdc",
            PASSWORD,
            "rekindle",
            rootCertificate.toString(),
            4);
      }
    },
    KUBERNETES {
      @Override
      String url() {
        return Repository.yaml(
                Repository.ROOT.resolve("deploy/kubernetes/base/settings.yaml"), JsonNode.class)
            .at("/data/DATABASE_URL")
            .asText();
      }

      @Override
      Map<String, String> connector(String host, Path rootCertificate) {
        Map<String, String> config = new LinkedHashMap<>();
        Repository.yaml(
                Repository.ROOT.resolve("deploy/kubernetes/base/connector.yaml"), JsonNode.class)
            .at("/spec/config")
            .properties()
            .forEach(setting -> config.put(setting.getKey(), setting.getValue().asText()));
        config.replace("database.hostname", host);
        config.replace("database.port", Integer.toString(postgres.getPort()));
        config.replace("database.dbname", "rekindle");
        config.replace("database.password", PASSWORD);
        config.replace("database.sslrootcert", rootCertificate.toString());
        return config;
      }
    };

    abstract String url();

    abstract Map<String, String> connector(String host, Path rootCertificate);

    final String url(String host, Path rootCertificate) {
      return url()
          .replaceFirst("//[^/]+/", "//" + host + ":" + postgres.getPort() + "/")
          .replaceFirst("sslrootcert=[^&]+", "sslrootcert=" + rootCertificate);
    }
  }

  /** How the server sees a connection. */
  private record Seen(String role, String kind, String tls) {}

  private interface Query<R> {
    R ask(Statement statement) throws SQLException;
  }

  /** A program's way to connect. */
  private enum Client {
    SINK("rekindle_pipeline") {
      @Override
      <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
          throws SQLException {
        DatabaseSettings settings =
            new DatabaseSettings(
                manifest.url(host, rootCertificate),
                "rekindle_pipeline",
                Secret.of("REKINDLE_DATABASE_PASSWORD", PASSWORD),
                Duration.ofMillis(100),
                100,
                Duration.ofSeconds(1));
        try (Connection connection = settings.connect()) {
          return answer(connection, query);
        }
      }
    },
    DASHBOARD("rekindle_api") {
      @Override
      <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
          throws SQLException {
        return askDashboard(
            manifest, host, rootCertificate, d -> d.pools().get(0).getConnection(), query);
      }
    },
    DASHBOARD_WORK("rekindle_api") {
      @Override
      <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
          throws SQLException {
        return askDashboard(
            manifest, host, rootCertificate, DashboardDatabase::connectUnlimited, query);
      }
    },
    SENDER("rekindle_sender") {
      @Override
      <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
          throws SQLException {
        String url = manifest.url(host, rootCertificate);
        try (HikariDataSource pool =
                new HikariDataSource(
                    SenderPool.of(new DatabaseLogin(url, "rekindle_sender", PASSWORD)));
            Connection connection = pool.getConnection()) {
          return answer(connection, query);
        }
      }
    },
    CAPTURE("rekindle_cdc") {
      @Override
      <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
          throws SQLException {
        PostgresConnectorConfig config = connector(manifest, host, rootCertificate);
        try (JdbcConnection connection = new PostgresConnection(config.getJdbcConfig(), "test")) {
          return answer(connection.connection(), query);
        }
      }
    },
    REPLICATION("rekindle_cdc") {
      @Override
      <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
          throws SQLException {
        PostgresConnectorConfig config = connector(manifest, host, rootCertificate);
        try (JdbcConnection connection =
            (JdbcConnection)
                ReplicationConnection.builder(config)
                    .withSlot(config.slotName())
                    .withPublication(config.publicationName())
                    .withPlugin(config.plugin())
                    .build()) {
          return answer(connection.connection(), query);
        }
      }
    };

    private final String role;

    Client(String role) {
      this.role = role;
    }

    abstract <R> R ask(Manifest manifest, String host, Path rootCertificate, Query<R> query)
        throws SQLException;

    private static <R> R answer(Connection connection, Query<R> query) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        return query.ask(statement);
      }
    }

    private interface DashboardConnection {
      Connection of(DashboardDatabase database) throws SQLException;
    }

    private static <R> R askDashboard(
        Manifest manifest,
        String host,
        Path rootCertificate,
        DashboardConnection kind,
        Query<R> query)
        throws SQLException {
      String url = manifest.url(host, rootCertificate);
      try (DashboardDatabase database = new DashboardDatabase(url, "rekindle_api", PASSWORD);
          Connection connection = kind.of(database)) {
        return answer(connection, query);
      }
    }

    private static PostgresConnectorConfig connector(
        Manifest manifest, String host, Path rootCertificate) {
      return new PostgresConnectorConfig(
          Configuration.from(manifest.connector(host, rootCertificate)));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(isOnPath("openssl"), "new-certificates needs OpenSSL");
    Path keys = newCertificates("certificates");
    authority = keys.resolve("trust/ca.crt");
    otherAuthority = newCertificates("other").resolve("trust/ca.crt");
    Path rules = directory.resolve("pg_hba.conf");
    Files.writeString(
        rules,
        "hostssl all postgres all trust\n"
            + Repository.text(Repository.ROOT.resolve("deploy/docker/postgres/pg_hba.conf")));
    Path key = Files.copy(keys.resolve("postgres/tls.key"), directory.resolve("tls.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("wal_level", "logical")
            .setServerConfig("listen_addresses", "127.0.0.1,127.0.0.2")
            .setServerConfig("hba_file", rules.toString())
            .setServerConfig("ssl", "on")
            .setServerConfig("ssl_min_protocol_version", "TLSv1.3")
            .setServerConfig("ssl_key_file", key.toString())
            .setServerConfig("ssl_cert_file", keys.resolve("postgres/tls.crt").toString())
            .start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create role rekindle login superuser password '" + PASSWORD + "'");
      statement.execute("create role rekindle_cdc login replication");
      statement.execute("create database rekindle owner rekindle");
    }
    assertThat(migrate(Manifest.COMPOSE, KNOWN_HOST, authority)).contains("set 4 passwords");
  }

  @AfterAll
  static void stop() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  static Stream<Arguments> clients() {
    return Stream.of(Manifest.values())
        .flatMap(
            manifest -> Stream.of(Client.values()).map(client -> Arguments.of(manifest, client)));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void shouldConnectByTheSettingsOfTheManifest(Manifest manifest, Client client)
      throws SQLException {
    String kind = client == Client.REPLICATION ? "walsender" : "client backend";

    assertThat(client.ask(manifest, KNOWN_HOST, authority, DatabaseTlsITCase::seen))
        .isEqualTo(new Seen(client.role, kind, "TLSv1.3"));
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void shouldRefuseAServerOfAnotherNameAndNameTheSetting(Client client) {
    assertThatThrownBy(
            () -> client.ask(Manifest.COMPOSE, OTHER_HOST, authority, DatabaseTlsITCase::seen))
        .extracting(ConnectionFailure::reason)
        .asString()
        .contains(OTHER_HOST)
        .endsWith(
            ": the certificate of the server lacks the host, which sslmode=verify-full needs");
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void shouldRefuseAServerOfAnotherAuthorityAndNameTheSetting(Client client) {
    assertThatThrownBy(
            () -> client.ask(Manifest.COMPOSE, KNOWN_HOST, otherAuthority, DatabaseTlsITCase::seen))
        .extracting(ConnectionFailure::reason)
        .asString()
        .endsWith(": no certificate in the file of sslrootcert has signed the one of the server");
  }

  @Test
  void shouldNameTheSettingOfAMissingFile() {
    Path missing = directory.resolve("missing.crt");

    assertThatThrownBy(
            () -> Client.SINK.ask(Manifest.COMPOSE, KNOWN_HOST, missing, DatabaseTlsITCase::seen))
        .extracting(ConnectionFailure::reason)
        .asString()
        .contains(missing.toString())
        .endsWith(": sslrootcert names no file with certificates in PEM");
  }

  @Test
  void shouldMigrateByTheSettingsOfTheManifest() throws Exception {
    assertThat(migrate(Manifest.KUBERNETES, KNOWN_HOST, authority))
        .contains("Applied 0 migrations");
    assertThatThrownBy(() -> migrate(Manifest.KUBERNETES, OTHER_HOST, authority))
        .extracting(refusal -> ConnectionFailure.withSetting(refusal.getMessage()))
        .asString()
        .contains("sslmode=verify-full");
    assertThatThrownBy(() -> migrate(Manifest.KUBERNETES, KNOWN_HOST, otherAuthority))
        .extracting(refusal -> ConnectionFailure.withSetting(refusal.getMessage()))
        .asString()
        .contains("sslrootcert");
  }

  /** What Kafka Connect does before it takes a connector, and the text of its refusal. */
  @ParameterizedTest
  @EnumSource(Manifest.class)
  void shouldLetConnectCheckTheDatabase(Manifest manifest) {
    assertThat(problems(manifest.connector(KNOWN_HOST, authority))).isEmpty();
    assertThat(problems(manifest.connector(OTHER_HOST, authority)))
        .singleElement()
        .asString()
        .contains("sslmode=verify-full");
    assertThat(problems(manifest.connector(KNOWN_HOST, otherAuthority)))
        .singleElement()
        .asString()
        .contains("sslrootcert");
  }

  /** Debezium passes driver.options on, for queries and for the replication itself. */
  @ParameterizedTest
  @CsvSource({"COMPOSE, CAPTURE", "COMPOSE, REPLICATION", "KUBERNETES, REPLICATION"})
  void shouldHoldCaptureToItsLimits(Manifest manifest, Client client) throws SQLException {
    Map<String, String> limits = new TreeMap<>();
    Pattern.compile("-c (\\w+)=(\\w+)")
        .matcher(manifest.connector(KNOWN_HOST, authority).get("driver.options"))
        .results()
        .forEach(limit -> limits.put(limit.group(1), limit.group(2)));
    assertThat(limits).containsKeys("tcp_user_timeout", "tcp_keepalives_idle");

    Map<String, String> held = new TreeMap<>();
    for (String name : limits.keySet()) {
      held.put(
          name, client.ask(manifest, KNOWN_HOST, authority, statement -> setting(statement, name)));
    }
    assertThat(held).isEqualTo(limits);
  }

  @Test
  void shouldTakeNoConnectionWithoutTls() {
    String url = Manifest.COMPOSE.url(KNOWN_HOST, authority).replace("verify-full", "disable");

    assertThatThrownBy(() -> DriverManager.getConnection(url, "rekindle_api", PASSWORD).close())
        .hasMessageContaining("no encryption");
  }

  private static List<String> problems(Map<String, String> connector) {
    return new PostgresConnector()
        .validate(connector).configValues().stream()
            .map(ConfigValue::errorMessages)
            .flatMap(List::stream)
            .map(ConnectionFailure::withSetting)
            .toList();
  }

  private static String migrate(Manifest manifest, String host, Path rootCertificate)
      throws Exception {
    return Migrate.run(
        Migrate.SETTINGS.read(
            Map.of(
                "REKINDLE_DATABASE_URL", manifest.url(host, rootCertificate),
                "REKINDLE_DATABASE_USER", "rekindle",
                "REKINDLE_DATABASE_PASSWORD", PASSWORD,
                "REKINDLE_CDC_PASSWORD", PASSWORD,
                "REKINDLE_PIPELINE_PASSWORD", PASSWORD,
                "REKINDLE_SENDER_PASSWORD", PASSWORD,
                "REKINDLE_API_PASSWORD", PASSWORD)));
  }

  private static Seen seen(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select usename, backend_type, version from pg_stat_ssl"
                + " join pg_stat_activity using (pid) where pid = pg_backend_pid()")) {
      assertThat(row.next()).isTrue();
      return new Seen(row.getString(1), row.getString(2), row.getString(3));
    }
  }

  /** The value in force: of TCP, that of the socket; of others, without a unit. */
  private static String setting(Statement statement, String name) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select case when name like 'tcp%' then current_setting(name) else setting end"
                + " from pg_settings where name = '"
                + name
                + "'")) {
      assertThat(row.next()).as(name).isTrue();
      return row.getString(1);
    }
  }

  private static Path newCertificates(String name) throws Exception {
    Path keys = directory.resolve(name);
    Process script =
        new ProcessBuilder(
                "bash",
                Repository.ROOT.resolve("deploy/docker/new-certificates").toString(),
                keys.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    assertThat(script.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(script.exitValue()).isZero();
    return keys;
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }
}
