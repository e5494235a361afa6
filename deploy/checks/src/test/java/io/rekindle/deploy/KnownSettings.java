package io.rekindle.deploy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables that each part knows, read from where the part has them. */
final class KnownSettings {

  private static final Pattern VARIABLE = Pattern.compile("REKINDLE_[A-Z_]+");
  private static final Pattern OF_SENDER = Pattern.compile("(?m)^    ([A-Z_]+)\\(");

  private KnownSettings() {}

  static Set<String> ofDashboard() {
    return named("dashboard-api/src/main/java/io/rekindle/dashboard/DashboardSettings.java");
  }

  static Set<String> ofSender() {
    Set<String> names = new TreeSet<>();
    Matcher constant =
        OF_SENDER.matcher(
            Repository.text(
                Repository.ROOT.resolve(
                    "email-sink/src/main/java/io/rekindle/email/sender/settings/SenderSettings.java")));
    while (constant.find()) {
      names.add("REKINDLE_" + constant.group(1));
    }
    return names;
  }

  static Set<String> ofJob() {
    return named("docs/settings.md");
  }

  static Set<String> ofMigrate() {
    return named("connectors/src/main/java/io/rekindle/connectors/setup/Migrate.java");
  }

  static Set<String> ofCreateTopics() {
    return named("connectors/src/main/java/io/rekindle/connectors/setup/CreateTopics.java");
  }

  static Set<String> ofConnectorMain() {
    return named("connectors/src/main/java/io/rekindle/connectors/setup/ConnectorMain.java");
  }

  /** Whoever logs by our file. */
  static Set<String> ofLogging() {
    return named("deploy/config/logging/console.properties");
  }

  private static Set<String> named(String file) {
    Set<String> names = new TreeSet<>();
    Matcher name = VARIABLE.matcher(Repository.text(Repository.ROOT.resolve(file)));
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }
}
