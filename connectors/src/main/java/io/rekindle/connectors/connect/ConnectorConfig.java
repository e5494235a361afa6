package io.rekindle.connectors.connect;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The Debezium connector's configuration, as {@code PUT /connectors/rekindle/config} takes it.
 *
 * <p>The settings are in {@code debezium-connector.json}. A setting that differs between
 * deployments is a placeholder there, such as <code>${database.host}</code>.
 */
public final class ConnectorConfig {

  /** The connector's name on the Connect worker. */
  public static final String CONNECTOR_NAME = "rekindle";

  private static final String RESOURCE = "/io/rekindle/connectors/debezium-connector.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConnectorConfig() {}

  /**
   * Fills the placeholders.
   *
   * @param host the host of Postgres as Connect reaches it
   * @param user a role with REPLICATION, rekindle_cdc
   * @param password may itself be a reference that the worker resolves, such as {@code
   *     ${file:/run/secrets/cdc:password}}
   * @param rootCertificate the file, as Connect reaches it, with the certificates by which Postgres
   *     is known (PEM). Null for a Postgres without TLS.
   * @param partitions number of partitions of the topics that are partitioned by user
   * @return setting to value, in the file's order
   */
  public static Map<String, String> of(
      String host,
      int port,
      String user,
      String password,
      String database,
      String rootCertificate,
      int partitions) {
    Map<String, String> template = template();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("database.host", host);
    values.put("database.port", Integer.toString(port));
    values.put("database.user", user);
    values.put("database.password", password);
    values.put("database.name", database);
    values.put("topics.partitions", Integer.toString(partitions));
    if (rootCertificate == null) {
      template.remove("database.sslrootcert");
      values.put("database.sslmode", "disable");
    } else {
      values.put("database.sslmode", "verify-full");
      values.put("database.sslrootcert", rootCertificate);
    }
    return fill(template, values);
  }

  static Map<String, String> fill(Map<String, String> template, Map<String, String> values) {
    Set<String> missing = new TreeSet<>();
    template.values().forEach(text -> missing.addAll(Placeholders.DOTTED.names(text)));
    Set<String> unused = new TreeSet<>(values.keySet());
    unused.removeAll(missing);
    missing.removeAll(values.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "The connector's configuration has no value for " + missing);
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          "The connector's configuration has no place for " + unused);
    }
    Map<String, String> filled = new LinkedHashMap<>(template);
    filled.replaceAll((setting, text) -> Placeholders.DOTTED.fill(text, values));
    return filled;
  }

  static Map<String, String> template() {
    try {
      return JSON.readValue(
          Resources.get(ConnectorConfig.class, RESOURCE),
          new TypeReference<LinkedHashMap<String, String>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
  }
}
