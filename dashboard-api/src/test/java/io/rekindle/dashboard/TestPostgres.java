package io.rekindle.dashboard;

import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A Postgres for all tests of a JVM, that can be stopped and started again. It ends with the JVM.
 */
final class TestPostgres {

  static final TestPostgres SHARED = started();

  private static final String TEMPLATE = "rekindle_template";

  private final Path data;
  private final int port;
  private final AtomicInteger databases = new AtomicInteger();
  private EmbeddedPostgres postgres;

  private TestPostgres() throws IOException, SQLException {
    data = Files.createTempDirectory("rekindle-dashboard-test");
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
    postgres = launch(0);
    port = postgres.getPort();
    execute("create database " + TEMPLATE);
    Migrations.apply(postgres.getDatabase("postgres", TEMPLATE));
  }

  private static TestPostgres started() {
    try {
      return new TestPostgres();
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("Postgres did not start", e);
    }
  }

  int port() {
    return port;
  }

  /** Creates a database with all migrations, and returns its name. */
  String createDatabase() throws SQLException {
    String name = "test_" + databases.incrementAndGet();
    // The template is copied with its files: there is too little to be worth a log.
    execute("create database " + name + " template " + TEMPLATE + " strategy file_copy");
    return name;
  }

  void dropDatabase(String name) throws SQLException {
    execute("drop database " + name + " with (force)");
  }

  void stop() throws IOException {
    postgres.close();
  }

  void startAgain() throws IOException {
    postgres = launch(port);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void remove() {
    try {
      postgres.close();
      // The hook of EmbeddedPostgres may have been first to stop it.
      while (Files.exists(data.resolve("postmaster.pid"))) {
        Thread.onSpinWait();
      }
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedPostgres launch(int wanted) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("wal_level", "logical")
        .setPort(wanted)
        .start();
  }
}
