package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.OneShot;
import io.rekindle.local.process.PrivateFiles;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.process.Signals;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** The Postgres server with the schemas shop and engagement in one database. */
public final class PostgresServer implements Server {

  public static final String NAME = "postgres";
  static final String DATABASE = "rekindle";
  static final String SUPERUSER = "postgres";
  public static final String OWNER = "rekindle";
  public static final String CDC = "rekindle_cdc";
  public static final String PIPELINE = "rekindle_pipeline";
  public static final String SENDER = "rekindle_sender";
  public static final String API = "rekindle_api";

  /** The signal for an immediate and orderly end. TERM would wait for the last client. */
  public static final String STOP_SIGNAL = "INT";

  /** The rights of roles. The owner creates the database of a replay. */
  private static final Map<String, String> RIGHTS = Map.of(OWNER, "createdb", CDC, "replication");

  /** The roles with a password. */
  static final List<String> ROLES = List.of(SUPERUSER, OWNER, CDC, PIPELINE, SENDER, API);

  private static final Duration INITDB_LIMIT = Duration.ofMinutes(1);

  private final DataDirectory data;
  private final StackSettings settings;
  private final int port;
  private final List<String> extraSettings;
  private final Path bin;

  /**
   * Creates the server with the standard settings.
   *
   * @param extraSettings settings that override the standard ones, such as {@code work_mem=8MB}
   */
  public PostgresServer(
      DataDirectory data, StackSettings settings, int port, String... extraSettings) {
    this.data = data;
    this.settings = settings;
    this.port = port;
    this.extraSettings = List.of(extraSettings);
    this.bin = data.lib("postgres-" + PostgresBinaries.MAJOR).resolve("bin");
  }

  @Override
  public ProcessSpec process() {
    List<String> command = new ArrayList<>();
    command.add(bin.resolve("postgres").toString());
    command.addAll(List.of("-D", data.postgres().toString()));
    command.addAll(List.of("-c", "config_file=" + data.config("postgresql.conf")));
    extraSettings.forEach(setting -> command.addAll(List.of("-c", setting)));
    // Postgres writes its log to standard error.
    return new ProcessSpec(
        NAME,
        "Postgres",
        notAsRoot(command),
        Map.of(),
        data.log(NAME),
        STOP_SIGNAL,
        Duration.ofSeconds(20));
  }

  public void configure(Installation installation) {
    installation.configure(
        "postgres/postgresql.conf",
        data.config("postgresql.conf"),
        Map.of("POSTGRES_LISTEN", "127.0.0.1", "POSTGRES_PORT", Integer.toString(port)));
  }

  /** Unpacks the programs and creates the files of an empty database, if they are missing. */
  public void initialise(Installation installation) {
    PostgresBinaries.unpack(installation.postgres());
    PostgresBinaries.link(installation.postgres(), bin.getParent());
    Path files = data.postgres();
    try {
      if (Files.exists(files)) {
        return;
      }
      Path unfinished = files.resolveSibling("postgres.unfinished");
      Path password = data.run().resolve("initdb.password");
      DataDirectory.deleteTree(unfinished);
      PrivateFiles.replace(password, settings.password(SUPERUSER));
      try {
        initdb(unfinished, password);
      } finally {
        Files.deleteIfExists(password);
      }
      Files.move(unfinished, files, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure("cannot make the database's files: " + e.getMessage(), e);
    }
  }

  /** Creates the missing database and roles, with the passwords of this stack. */
  public void createDatabase() throws SQLException {
    try (Connection connection = superuser().getConnection()) {
      for (String role : ROLES) {
        if (!exists(connection, "select 1 from pg_roles where rolname = ?", role)) {
          execute(connection, "create role " + role);
        }
        execute(
            connection,
            "alter role %s with login %s password '%s'"
                .formatted(role, RIGHTS.getOrDefault(role, ""), settings.password(role)));
      }
      // The status shows how far the reader of the slot has come.
      execute(connection, "grant pg_read_all_stats to " + OWNER);
      if (!exists(connection, "select 1 from pg_database where datname = ?", DATABASE)) {
        execute(connection, "create database " + DATABASE + " owner " + OWNER);
      }
    }
  }

  /** Checks that the superuser can connect. */
  @Override
  public void check() throws IOException {
    try (Connection connection = superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select 1");
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  public PGSimpleDataSource owner() {
    return account(OWNER).connections(jdbcUrl());
  }

  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Returns the URI for libpq. The password needs no escape in a URI. */
  public String uri() {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(OWNER, settings.password(OWNER), port, DATABASE);
  }

  public Account account(String role) {
    return new Account(role, settings.password(role));
  }

  int port() {
    return port;
  }

  /** Returns connections of the superuser to the database that every server has. */
  private PGSimpleDataSource superuser() {
    return account(SUPERUSER).connections(jdbcUrl("postgres"));
  }

  private void initdb(Path files, Path password) throws IOException {
    List<String> command =
        notAsRoot(
            List.of(
                bin.resolve("initdb").toString(),
                "--pgdata=" + files,
                "--username=" + SUPERUSER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                // The order and case rules are the same on every machine.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions"));
    Path output = data.log("initdb");
    OneShot.run("Postgres' initdb", new ProcessBuilder(command), output, INITDB_LIMIT);
  }

  /**
   * Refuses a data directory of another major version of Postgres.
   *
   * @throws Failure if the files are of another major version
   */
  public void refuseOtherVersion() {
    Path files = data.postgres();
    if (!Files.exists(files)) {
      return;
    }
    String version;
    try {
      version = Files.readString(files.resolve("PG_VERSION")).strip();
    } catch (IOException e) {
      version = "an unknown version";
    }
    if (!version.equals(PostgresBinaries.MAJOR)) {
      throw new Failure(
          "the database in %s was made by Postgres %s and this stack has Postgres %s: name another --data DIR, or remove %s to start from nothing"
              .formatted(files, version, PostgresBinaries.MAJOR, data.root()));
    }
  }

  /**
   * Postgres refuses to run as root. In a user namespace of its own, root has no special rights.
   */
  private static List<String> notAsRoot(List<String> command) {
    if (!"root".equals(System.getProperty("user.name"))) {
      return command;
    }
    if (!Signals.isOnPath("unshare")) {
      throw new Failure("Postgres does not run as root: start the stack as another user");
    }
    List<String> unshared = new ArrayList<>(List.of("unshare", "--user"));
    unshared.addAll(command);
    return unshared;
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
