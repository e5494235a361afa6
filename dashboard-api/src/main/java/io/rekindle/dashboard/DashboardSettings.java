package io.rekindle.dashboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postgresql.Driver;

/**
 * How the dashboard starts. All of it comes from the environment, so that the password never is on
 * a command line.
 *
 * @param host address to listen on
 * @param port TCP port to listen on; 0 takes a free one
 * @param databaseUrl JDBC URL of the database that has the schemas shop and engagement
 * @param databaseUser a role that may read both schemas
 * @param databasePassword empty if the database asks for none
 */
public record DashboardSettings(
    String host, int port, String databaseUrl, String databaseUser, String databasePassword) {

  private static final Setting HOST =
      new Setting(
          "REKINDLE_DASHBOARD_HOST",
          "127.0.0.1",
          "Address to listen on. Requests are not authenticated: expose it to people you trust.");
  private static final Setting PORT =
      new Setting(
          "REKINDLE_DASHBOARD_PORT",
          "8080",
          "TCP port to listen on, 0 to 65535; 0 takes a free one.");
  private static final Setting DATABASE_URL =
      new Setting(
          "REKINDLE_DATABASE_URL",
          null,
          "JDBC URL of the database, as in jdbc:postgresql://127.0.0.1:5432/rekindle.");
  private static final Setting DATABASE_USER =
      new Setting(
          "REKINDLE_DATABASE_USER",
          "rekindle_api",
          "Database role; needs to read the schemas shop and engagement, and no more.");
  private static final Setting DATABASE_PASSWORD =
      new Setting("REKINDLE_DATABASE_PASSWORD", "", "The role's password.");

  private static final List<Setting> ALL =
      List.of(HOST, PORT, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD);

  /**
   * Reads the settings; an absent or empty variable means the default.
   *
   * @throws InvalidSettingsException if any is wrong or a required one is absent; names them all
   */
  public static DashboardSettings from(Map<String, String> environment)
      throws InvalidSettingsException {
    List<String> problems = new ArrayList<>();
    String host = HOST.in(environment);
    if (!host.matches("[A-Za-z0-9.:_-]+")) {
      problems.add(HOST.name + " is \"" + host + "\": give a host name or an IP address.");
    }
    int port = port(PORT.in(environment), problems);
    String url = DATABASE_URL.in(environment);
    if (url == null) {
      problems.add(DATABASE_URL.name + " is not set: " + DATABASE_URL.description);
    } else if (Driver.parseURL(url, null) == null) {
      // The value is not repeated: a JDBC URL may carry a password.
      problems.add(DATABASE_URL.name + " is no such URL: " + DATABASE_URL.description);
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new DashboardSettings(
        host, port, url, DATABASE_USER.in(environment), DATABASE_PASSWORD.in(environment));
  }

  private static int port(String value, List<String> problems) {
    if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535) {
      return Integer.parseInt(value);
    }
    problems.add(PORT.name + " is \"" + value + "\": give a number from 0 to 65535.");
    return -1;
  }

  /** The text of {@code --help}. */
  static String help() {
    StringBuilder text =
        new StringBuilder(
            """
            Usage: java -jar rekindle-dashboard-api-VERSION.jar [--help]

            Serves the dashboard's API over HTTP. Settings come from the environment:

            """);
    for (Setting setting : ALL) {
      text.append("  ").append(setting.name).append('\n');
      text.append("      ").append(setting.description).append('\n');
      text.append("      ").append(setting.defaultText()).append('\n');
    }
    return text.toString();
  }

  /** Leaves out the password, and the URL, which may carry one. */
  @Override
  public String toString() {
    return "DashboardSettings[host=" + host + ", port=" + port + ", user=" + databaseUser + "]";
  }

  /** An environment variable; required if it has no default. */
  private record Setting(String name, String defaultValue, String description) {

    String in(Map<String, String> environment) {
      String value = environment.get(name);
      return value == null || value.isBlank() ? defaultValue : value.strip();
    }

    String defaultText() {
      if (defaultValue == null) {
        return "Required.";
      }
      return defaultValue.isEmpty() ? "Default: none." : "Default: " + defaultValue;
    }
  }
}
