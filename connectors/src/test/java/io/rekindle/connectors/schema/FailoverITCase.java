package io.rekindle.connectors.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * "Fail over to a standby" of docs/operations.md with two real servers: the standby goes on with
 * the slot where the primary stopped, and with the chain of ticks.
 */
class FailoverITCase {

  private static final String BEAT =
      "update engagement.clock set previous_beat = beat, beat = now(), number = number + 1";
  private static final long LIMIT = TimeUnit.MINUTES.toNanos(1);

  /** Files that belong to the running server, and slots, which the standby gets by the sync. */
  private static final Set<String> NOT_COPIED =
      Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

  @TempDir private Path directory;

  @Test
  @SuppressWarnings("try") // The primary goes down in the middle.
  void shouldGoOnWithTheSlotAndTheTicksAfterAPromotion() throws Exception {
    try (EmbeddedPostgres primary =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("synchronous_commit", "on")
            .start()) {
      Migrations.apply(primary.getPostgresDatabase());
      try (Connection onPrimary = primary.getPostgresDatabase().getConnection()) {
        execute(onPrimary, "insert into engagement.clock (topic, partition) values ('t', 0)");
        execute(onPrimary, "select pg_create_physical_replication_slot('standby', true)");
        execute(
            onPrimary,
            "select pg_create_logical_replication_slot('rekindle', 'pgoutput', false, false, true)");
        copy(onPrimary, primary.getPort());
        execute(onPrimary, "alter system set synchronized_standby_slots = 'standby'");
        execute(onPrimary, "select pg_reload_conf()");
        try (EmbeddedPostgres standby =
                EmbeddedPostgres.builder()
                    .setServerConfig("wal_level", "logical")
                    .setServerConfig("synchronous_commit", "on")
                    .setDataDirectory(directory)
                    .setCleanDataDirectory(false)
                    .start();
            Connection onStandby = standby.getPostgresDatabase().getConnection()) {
          order(onPrimary, "captured-before");
          assertThat(captured(onPrimary)).contains("captured-before");
          awaitSlot(onPrimary, onStandby);
          order(onPrimary, "not-captured-yet");
          execute(onPrimary, BEAT);
          String lastBeat = text(onPrimary, "select beat::text from engagement.clock");
          await(
              onStandby,
              "select pg_last_wal_replay_lsn() >= '%s'::pg_lsn"
                  .formatted(text(onPrimary, "select pg_current_wal_lsn()")));

          onPrimary.close();
          primary.close();
          execute(onStandby, "select pg_promote()");
          order(onStandby, "after-the-failover");
          execute(onStandby, BEAT);

          assertThat(text(onStandby, "select previous_beat::text from engagement.clock"))
              .isEqualTo(lastBeat);
          assertThat(text(onStandby, "select number from engagement.clock")).isEqualTo("2");
          assertThat(captured(onStandby))
              .contains("not-captured-yet", "after-the-failover")
              .doesNotContain("captured-before");
          assertThat(
                  text(
                      onStandby,
                      "select count(*) from engagement.capture_faults where fault in"
                          + " ('SLOT_MISSING', 'SLOT_LOST', 'NOT_PUBLISHED')"))
              .isEqualTo("0");
        }
      }
    }
  }

  private static void order(Connection connection, String id) throws SQLException {
    execute(
        connection,
        "insert into shop.orders (order_id, user_id, amount) values ('%s', 'ann', 1)"
            .formatted(id));
  }

  /** Reads all changes that the slot has, and confirms them. */
  private static String captured(Connection connection) throws SQLException {
    StringBuilder captured = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select data from pg_logical_slot_get_binary_changes('rekindle', null, null,"
                    + " 'proto_version', '1', 'publication_names', 'rekindle')")) {
      while (rows.next()) {
        captured.append(new String(rows.getBytes(1), StandardCharsets.ISO_8859_1));
      }
    }
    return captured.toString();
  }

  /** Waits until the standby has the slot. A slot without news is not made permanent there. */
  private static void awaitSlot(Connection primary, Connection standby) throws Exception {
    long deadline = System.nanoTime() + LIMIT;
    while (!text(
            standby,
            "select count(*) from pg_replication_slots"
                + " where slot_name = 'rekindle' and synced and not temporary"
                + " and confirmed_flush_lsn >= '%s'::pg_lsn"
                    .formatted(
                        text(
                            primary,
                            "select confirmed_flush_lsn from pg_replication_slots"
                                + " where slot_name = 'rekindle'")))
        .equals("1")) {
      assertThat(System.nanoTime()).as("the slot is on the standby").isLessThan(deadline);
      execute(primary, "select pg_log_standby_snapshot()");
      if (text(standby, "select count(*) from pg_replication_slots where not temporary")
          .equals("0")) {
        captured(primary);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void await(Connection connection, String condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT;
    while (!text(connection, condition).equals("t")) {
      assertThat(System.nanoTime()).as(condition).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Copies the files of a running server, and makes them a standby of it. */
  private void copy(Connection primary, int port) throws SQLException, IOException {
    Path from = Path.of(text(primary, "show data_directory"));
    execute(primary, "select pg_backup_start('standby', true)");
    Files.walkFileTree(from, new Copy(from, directory));
    Files.writeString(
        directory.resolve("backup_label"),
        text(primary, "select labelfile from pg_backup_stop(false)"));
    Files.createFile(directory.resolve("standby.signal"));
    Files.write(
        directory.resolve("postgresql.auto.conf"),
        List.of(
            "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres dbname=postgres'",
            "primary_slot_name = 'standby'",
            "hot_standby_feedback = on",
            "sync_replication_slots = on"),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static final class Copy extends SimpleFileVisitor<Path> {

    private final Path from;
    private final Path to;

    Copy(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (folder.getParent().endsWith("pg_replslot")) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      Files.createDirectories(to.resolve(from.relativize(folder)));
      Files.setPosixFilePermissions(
          to.resolve(from.relativize(folder)), Files.getPosixFilePermissions(folder));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Path name = from.relativize(file);
      if (!NOT_COPIED.contains(name.toString())) {
        try {
          Files.copy(file, to.resolve(name));
        } catch (NoSuchFileException e) {
          // The server removed it meanwhile; its log has what the backup needs.
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts.get(0);
  }
}
