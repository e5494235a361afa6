package io.rekindle.local.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.connectors.connect.ConnectApi;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PrivateFiles;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The addresses and passwords of a running stack, which the supervisor writes to {@code
 * DATA/stack.json}. Only the owner can read the file, and {@link #toString} leaves the passwords
 * out.
 *
 * @param postgresUri libpq URI of the database for its owner, password included
 * @param jdbcUrl JDBC URL of the database, without user and password
 * @param owner the role that owns the database and both schemas
 * @param cdc the role of change data capture
 * @param pipeline the role of the Flink job
 * @param sender the role of the sender
 * @param api the role of the dashboard
 * @param kafkaBootstrap {@code host:port} of the broker
 * @param tls the directory of the key that Kafka, Kafka Connect and Flink ask for; null if they do
 *     not
 * @param connectUrl Kafka Connect's REST API
 * @param flinkUrl Flink's page, and what it shows, for those without the key
 * @param flinkRestUrl Flink's REST API
 * @param dashboardUrl the dashboard
 * @param dashboardAccount the account of the demo, by its email address
 * @param senderUrl base URL of unsubscribe links
 * @param mailSmtp {@code host:port} of the mail catcher
 * @param mailUrl the mail catcher's HTTP API
 * @param jobId id of the Flink job; null before its first submission
 * @param supervisor the supervisor's process
 */
public record StackInfo(
    String postgresUri,
    String jdbcUrl,
    Account owner,
    Account cdc,
    Account pipeline,
    Account sender,
    Account api,
    String kafkaBootstrap,
    Path tls,
    String connectUrl,
    String flinkUrl,
    String flinkRestUrl,
    String dashboardUrl,
    Account dashboardAccount,
    String senderUrl,
    String mailSmtp,
    String mailUrl,
    String jobId,
    Pid supervisor) {

  private static final int ANSWER_SECONDS = 5;
  private static final JsonMapper JSON = new JsonMapper();
  private static final String FILE = "stack.json";

  /** A user name, usually a database role, and its password. */
  public record Account(String user, String password) {

    /** Returns connections of this role. Connecting takes at most 5 s. */
    public PGSimpleDataSource connections(String jdbcUrl) {
      PGSimpleDataSource database = new PGSimpleDataSource();
      database.setUrl(jdbcUrl);
      database.setUser(user);
      database.setPassword(password);
      database.setConnectTimeout(ANSWER_SECONDS);
      database.setLoginTimeout(ANSWER_SECONDS);
      database.setApplicationName("rekindle");
      return database;
    }

    @Override
    public String toString() {
      return user;
    }
  }

  /**
   * Reads the addresses of the stack on a data directory.
   *
   * @throws Failure with exit code 2 if no stack runs there
   */
  public static StackInfo read(Path data) {
    Path file = data.resolve(FILE);
    StackInfo info;
    try {
      info = JSON.readValue(Files.readAllBytes(file), StackInfo.class);
    } catch (NoSuchFileException e) {
      throw noStack(data);
    } catch (JacksonException e) {
      throw new Failure(file + " cannot be read: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + e.getMessage(), e);
    }
    if (info.supervisor() == null || !info.supervisor().alive()) {
      throw noStack(data);
    }
    return info;
  }

  /** Returns connections of the database's owner. */
  public PGSimpleDataSource ownerDatabase() {
    return owner.connections(jdbcUrl);
  }

  /**
   * Returns connections of the database's owner for a caller that gives up.
   *
   * @param timeout the time after which the caller gives up; a connection ends after twice that,
   *     and its thread with it
   */
  public PGSimpleDataSource ownerDatabase(Duration timeout) {
    PGSimpleDataSource source = ownerDatabase();
    int limit = 2 * Math.toIntExact(timeout.toSeconds());
    source.setConnectTimeout(limit);
    source.setLoginTimeout(limit);
    source.setSocketTimeout(limit);
    return source;
  }

  /** Returns the broker and the key for it. */
  public KafkaLogin kafka() {
    return new KafkaLogin(kafkaBootstrap, tls);
  }

  /**
   * Returns a client of Flink.
   *
   * @param timeout the limit for connecting and for every answer
   */
  public FlinkRest flink(Duration timeout) {
    return new FlinkRest(flinkRestUrl, tls, timeout);
  }

  /**
   * Returns a client of Kafka Connect.
   *
   * @param timeout the limit for connecting and for every answer
   */
  public ConnectApi connect(Duration timeout) {
    return new ConnectApi(connectUrl, tls, timeout);
  }

  /** Replaces the file in one step, so that a reader never sees half of it. */
  public void write(Path data) {
    PrivateFiles.replace(data.resolve(FILE), JSON.valueToTree(this).toPrettyString());
  }

  public static void delete(Path data) throws IOException {
    Files.deleteIfExists(data.resolve(FILE));
  }

  @Override
  public String toString() {
    return "StackInfo[" + jdbcUrl + ", " + kafkaBootstrap + ", " + flinkUrl + "]";
  }

  private static Failure noStack(Path data) {
    return new Failure(
        "no stack runs on " + data + ": start one with `rekindle up`, or name its --data DIR", 2);
  }
}
