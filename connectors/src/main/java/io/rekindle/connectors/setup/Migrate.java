package io.rekindle.connectors.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.ClockRows;
import io.rekindle.connectors.schema.Migrations;
import io.rekindle.connectors.schema.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a database ready for this version, as a program of its own: schemas, roles and their
 * passwords, the clock's rows, and the policies that come with the software. Everything comes from
 * the environment; it may run as often as one likes, and changes nothing the second time.
 *
 * <p>REPLICATION for {@code rekindle_cdc} is granted by whoever runs the database server: an owner
 * of a database cannot.
 */
public final class Migrate {

  private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);

  private static final String HELP =
      """
      Usage: java -cp ... io.rekindle.connectors.setup.Migrate

      Brings the database up to date. Settings come from the environment:

        REKINDLE_DATABASE_URL         JDBC URL. Required.
        REKINDLE_DATABASE_USER        The database's owner, who may create roles. Required.
        REKINDLE_DATABASE_PASSWORD    The owner's password.
        REKINDLE_TOPIC_PARTITIONS     Partitions of the topics that are partitioned by user. Default: 4
        REKINDLE_CDC_PASSWORD         Password to give the role rekindle_cdc. Default: left alone
        REKINDLE_PIPELINE_PASSWORD    Likewise for rekindle_pipeline.
        REKINDLE_SENDER_PASSWORD      Likewise for rekindle_sender.
        REKINDLE_API_PASSWORD         Likewise for rekindle_api.
        REKINDLE_POLICY_FILES         Policies to insert where they are missing, comma separated. The first
                                      is activated if it is new and none is active. Default: none
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The variable that has each role's password. */
  private static final Map<String, String> ROLES = roles();

  private Migrate() {}

  /** Exit codes: 0 up to date, 1 the database refused, 2 wrong settings or arguments. */
  public static void main(String[] args) {
    Programs.check(args, HELP, problems(System.getenv()));
    try {
      LOG.info(run(System.getenv()));
    } catch (SQLException | FlywayException | IOException e) {
      System.err.println("The database is not up to date: " + e.getMessage());
      System.exit(1);
    }
  }

  /** What is wrong with the settings, a sentence each. */
  static List<String> problems(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    String url = environment.getOrDefault("REKINDLE_DATABASE_URL", "");
    if (Driver.parseURL(url, null) == null) {
      // The value is not repeated: a JDBC URL may carry a password.
      problems.add(
          "REKINDLE_DATABASE_URL has to be a JDBC URL, as in"
              + " jdbc:postgresql://127.0.0.1:5432/rekindle.");
    }
    if (environment.getOrDefault("REKINDLE_DATABASE_USER", "").isBlank()) {
      problems.add("REKINDLE_DATABASE_USER is not set: give the owner of the database.");
    }
    try {
      Topics.from(environment);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
    try {
      policies(environment);
    } catch (IOException e) {
      problems.add("REKINDLE_POLICY_FILES: " + e.getMessage() + ".");
    }
    return problems;
  }

  /**
   * Does it; says in a sentence what it did.
   *
   * @param environment without {@link #problems}
   */
  static String run(Map<String, String> environment) throws SQLException, IOException {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(environment.get("REKINDLE_DATABASE_URL"));
    database.setUser(environment.get("REKINDLE_DATABASE_USER"));
    database.setPassword(environment.getOrDefault("REKINDLE_DATABASE_PASSWORD", ""));
    database.setApplicationName("rekindle-migrate");
    database.setLogServerErrorDetail(false); // It quotes rows.

    int migrations = Migrations.apply(database);
    try (Connection connection = database.getConnection()) {
      int clockRows = ClockRows.ensure(connection, Topics.from(environment));
      Map<String, String> documents = policies(environment);
      int inserted =
          documents.isEmpty()
              ? 0
              : Policies.install(connection, documents, documents.keySet().iterator().next());
      int passwords = 0;
      for (Map.Entry<String, String> role : ROLES.entrySet()) {
        String password = environment.getOrDefault(role.getValue(), "");
        if (!password.isEmpty()) {
          setPassword(connection, role.getKey(), password);
          passwords++;
        }
      }
      return "Applied %d migrations, changed %d clock rows, inserted %d policies, set %d passwords."
          .formatted(migrations, clockRows, inserted, passwords);
    }
  }

  /** Documents by version, in the order of their files. */
  private static Map<String, String> policies(Map<String, String> environment) throws IOException {
    Map<String, String> documents = new LinkedHashMap<>();
    String files = environment.getOrDefault("REKINDLE_POLICY_FILES", "");
    for (String file : files.isBlank() ? List.<String>of() : List.of(files.split(",", -1))) {
      try {
        String document = Files.readString(Path.of(file.strip()));
        String version = JSON.readTree(document).path("version").asText();
        if (version.isEmpty()) {
          throw new IOException(file.strip() + " has no version");
        }
        documents.put(version, document);
      } catch (NoSuchFileException e) {
        throw new IOException("there is no file " + file.strip(), e);
      } catch (JsonProcessingException e) {
        throw new IOException(file.strip() + " is not JSON: " + e.getOriginalMessage(), e);
      }
    }
    return documents;
  }

  private static void setPassword(Connection connection, String role, String password)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A statement of this kind takes no parameters.
      statement.execute(
          "alter role "
              + statement.enquoteIdentifier(role, true)
              + " password "
              + statement.enquoteLiteral(password));
    }
  }

  private static Map<String, String> roles() {
    Map<String, String> roles = new LinkedHashMap<>();
    for (String role : List.of("cdc", "pipeline", "sender", "api")) {
      roles.put("rekindle_" + role, "REKINDLE_" + role.toUpperCase(Locale.ROOT) + "_PASSWORD");
    }
    return roles;
  }
}
