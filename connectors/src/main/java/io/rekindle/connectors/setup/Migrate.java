package io.rekindle.connectors.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.ClockRows;
import io.rekindle.connectors.schema.Migrations;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.platform.jdbc.ConnectionFailure;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a database ready for this version, as a program of its own: schemas, roles and their
 * passwords, the clock's rows, and the policies that come with the software. A second run changes
 * nothing.
 *
 * <p>The administrator of the database server grants REPLICATION to {@code rekindle_cdc}: the owner
 * of a database cannot.
 */
public final class Migrate {

  private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);

  /** Every setting of the program. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -cp ... io.rekindle.connectors.setup.Migrate",
          "The program brings the database up to date.",
          Sources.ENVIRONMENT,
          Migrate::check);

  private static final Setting<String> DATABASE_URL =
      SETTINGS
          .declare("database.url", SettingType.jdbcUrl(url -> Driver.parseURL(url, null) != null))
          .required("JDBC URL of the database.");

  private static final Setting<String> DATABASE_USER =
      SETTINGS
          .declare("database.user", SettingType.text())
          .required("Owner of the database, with the right to create roles.");

  private static final Setting<Optional<String>> DATABASE_PASSWORD =
      password("database.password", "The owner's password.");

  private static final Setting<Integer> PARTITIONS = TopicPartitions.declare(SETTINGS);

  /** By role: the setting of its password. */
  private static final Map<String, Setting<Optional<String>>> ROLES = new LinkedHashMap<>();

  static {
    for (String role : List.of("cdc", "pipeline", "sender", "api")) {
      ROLES.put(
          "rekindle_" + role,
          password(
              role + ".password",
              "New password of the role rekindle_"
                  + role
                  + ". Without it, the role keeps its own."));
    }
  }

  private static final Setting<Optional<String>> POLICY_FILES =
      SETTINGS
          .declare("policy.files", SettingType.text())
          .optional(
              "JSON files of policies to insert if they are missing, separated by commas. The first"
                  + " becomes active if it is new and no policy is active.");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Migrate() {}

  private static Setting<Optional<String>> password(String key, String description) {
    return SETTINGS.declare(key, SettingType.text()).secret().optional(description);
  }

  /** Exit codes: 0 up to date, 1 the database refused, 2 wrong settings or arguments. */
  public static void main(String[] args) {
    SettingValues values = SETTINGS.readOrExit(args);
    try {
      LOG.info(run(values));
    } catch (SQLException | FlywayException | IOException e) {
      System.err.println(
          "The database is not up to date: " + ConnectionFailure.withSetting(e.getMessage()));
      System.exit(1);
    }
  }

  /** Brings the database up to date and reports the changes in a sentence. */
  public static String run(SettingValues values) throws SQLException, IOException {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(values.get(DATABASE_URL));
    database.setUser(values.get(DATABASE_USER));
    database.setPassword(values.get(DATABASE_PASSWORD).orElse(""));
    database.setApplicationName("rekindle-migrate");
    database.setLogServerErrorDetail(false); // It quotes rows.

    int migrations = Migrations.apply(database);
    try (Connection connection = database.getConnection()) {
      int clockRows =
          ClockRows.ensure(connection, Topics.standard().withPartitions(values.get(PARTITIONS)));
      Map<String, String> documents = policies(values);
      int inserted =
          documents.isEmpty()
              ? 0
              : Policies.install(connection, documents, documents.keySet().iterator().next());
      int passwords = 0;
      for (Map.Entry<String, Setting<Optional<String>>> role : ROLES.entrySet()) {
        Optional<String> password = values.get(role.getValue());
        if (password.isPresent()) {
          setPassword(connection, role.getKey(), password.get());
          passwords++;
        }
      }
      return "Applied %d migrations, changed %d clock rows, inserted %d policies, set %d passwords."
          .formatted(migrations, clockRows, inserted, passwords);
    }
  }

  private static void check(SettingValues values) {
    try {
      policies(values);
    } catch (IOException e) {
      values.addProblem(POLICY_FILES.variable() + ": " + e.getMessage() + ".");
    }
  }

  /** Documents by version, in the order of their files. */
  private static Map<String, String> policies(SettingValues values) throws IOException {
    Map<String, String> documents = new LinkedHashMap<>();
    String files = values.get(POLICY_FILES).orElse("");
    for (String file : files.isEmpty() ? List.<String>of() : List.of(files.split(",", -1))) {
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
      // Postgres allows no parameters in this statement.
      statement.execute(
          "alter role "
              + statement.enquoteIdentifier(role, true)
              + " password "
              + statement.enquoteLiteral(password));
    }
  }
}
