package io.rekindle.connectors.connect;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Debezium connector's configuration, as {@code PUT /connectors/rekindle/config} takes it.
 *
 * <p>The settings are in {@code debezium-connector.json}; what differs between deployments is a
 * placeholder there, such as <code>${database.host}</code>.
 */
public final class ConnectorConfig {

  /** The connector's name on the Connect worker. */
  public static final String CONNECTOR_NAME = "rekindle";

  private static final String RESOURCE = "/io/rekindle/connectors/debezium-connector.json";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z.]+)}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConnectorConfig() {}

  /**
   * Fills the placeholders.
   *
   * @param host where Connect reaches Postgres
   * @param user a role with REPLICATION, rekindle_cdc
   * @param password may itself be a reference that the worker resolves, such as {@code
   *     ${file:/run/secrets/cdc:password}}
   * @param partitions number of partitions of the topics that are partitioned by user
   * @return setting to value, in the file's order
   */
  public static Map<String, String> of(
      String host, int port, String user, String password, String database, int partitions) {
    return fill(
        template(),
        Map.of(
            "database.host", host,
            "database.port", Integer.toString(port),
            "database.user", user,
            "database.password", password,
            "database.name", database,
            "topics.partitions", Integer.toString(partitions)));
  }

  /** {@link #of} as a JSON object. */
  public static String json(
      String host, int port, String user, String password, String database, int partitions) {
    try {
      return JSON.writeValueAsString(of(host, port, user, password, database, partitions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, String> fill(Map<String, String> template, Map<String, String> values) {
    Map<String, String> filled = new LinkedHashMap<>();
    Set<String> missing = new TreeSet<>();
    Set<String> unused = new TreeSet<>(values.keySet());
    template.forEach(
        (setting, text) -> {
          Matcher placeholders = PLACEHOLDER.matcher(text);
          filled.put(
              setting,
              placeholders.replaceAll(
                  match -> {
                    unused.remove(match.group(1));
                    return replacement(match, values, missing);
                  }));
        });
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "The connector's configuration has no value for " + missing);
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          "The connector's configuration has no place for " + unused);
    }
    return filled;
  }

  private static String replacement(
      MatchResult match, Map<String, String> values, Set<String> missing) {
    String value = values.get(match.group(1));
    if (value == null) {
      missing.add(match.group(1));
      return "";
    }
    return Matcher.quoteReplacement(value);
  }

  static Map<String, String> template() {
    try (InputStream json = ConnectorConfig.class.getResourceAsStream(RESOURCE)) {
      if (json == null) {
        throw new IllegalStateException("The class path has no " + RESOURCE);
      }
      return JSON.readValue(json, new TypeReference<LinkedHashMap<String, String>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
  }
}
