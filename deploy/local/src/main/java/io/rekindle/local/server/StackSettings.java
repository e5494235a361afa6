package io.rekindle.local.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.PrivateFiles;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The settings that a stack keeps between starts.
 *
 * @param format version of the data directory's layout
 * @param kafkaClusterId identity of the broker's data
 * @param passwords by database role
 * @param dashboardPassword of the demo's account at the dashboard
 * @param unsubscribeSecret the secret that signs links in emails; links have to stay valid for long
 * @param ports by name of the port
 * @param demo whether the shop is the demo shop
 * @param flink the size of Flink at the last start
 */
public record StackSettings(
    int format,
    String kafkaClusterId,
    Map<String, String> passwords,
    String dashboardPassword,
    String unsubscribeSecret,
    Map<String, Integer> ports,
    boolean demo,
    FlinkSize flink) {

  public static final int FORMAT = 2;
  private static final int SECRET_BYTES = 24;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  /** Adds defaults for settings that an older directory lacks. */
  public StackSettings {
    dashboardPassword = dashboardPassword == null ? secret(new SecureRandom()) : dashboardPassword;
    flink = flink == null ? FlinkSize.STANDARD : flink;
  }

  /** Returns the stored settings, or new ones. */
  public static StackSettings readOrCreate(DataDirectory data) {
    return read(data).orElseGet(StackSettings::create);
  }

  private static Optional<StackSettings> read(DataDirectory data) {
    Path file = data.settings();
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    StackSettings settings;
    try {
      settings = JSON.readValue(Files.readAllBytes(file), StackSettings.class);
    } catch (JacksonException e) {
      throw new Failure(
          file + " cannot be understood (" + e.getOriginalMessage() + "): " + remedy(data), e);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + e.getMessage(), e);
    }
    if (settings.format() != FORMAT) {
      throw new Failure(
          data.root()
              + " has the layout of another version ("
              + settings.format()
              + "; this one is "
              + FORMAT
              + "): "
              + remedy(data));
    }
    return Optional.of(settings);
  }

  public void write(DataDirectory data) {
    PrivateFiles.replace(data.settings(), JSON.valueToTree(this).toPrettyString());
  }

  public StackSettings with(Map<String, Integer> newPorts, FlinkSize newFlink) {
    return with(newPorts, demo, newFlink);
  }

  public StackSettings withDemo() {
    return with(ports, true, flink);
  }

  private StackSettings with(Map<String, Integer> newPorts, boolean newDemo, FlinkSize newFlink) {
    return new StackSettings(
        format,
        kafkaClusterId,
        passwords,
        dashboardPassword,
        unsubscribeSecret,
        newPorts,
        newDemo,
        newFlink);
  }

  String password(String role) {
    return passwords.get(role);
  }

  /** Leaves the passwords out, for logs. */
  @Override
  public String toString() {
    return "StackSettings[format=" + format + ", ports=" + ports + ", demo=" + demo + "]";
  }

  private static StackSettings create() {
    SecureRandom random = new SecureRandom();
    Map<String, String> passwords = new TreeMap<>();
    for (String role : PostgresServer.ROLES) {
      passwords.put(role, secret(random));
    }
    return new StackSettings(
        FORMAT,
        clusterId(),
        passwords,
        secret(random),
        secret(random),
        Map.of(),
        false,
        FlinkSize.STANDARD);
  }

  private static String secret(SecureRandom random) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Returns a cluster id in Kafka's form, a UUID's bytes in base64. It must not begin with a dash.
   */
  private static String clusterId() {
    String id;
    do {
      UUID uuid = UUID.randomUUID();
      byte[] bytes =
          ByteBuffer.allocate(16)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits())
              .array();
      id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    } while (id.startsWith("-"));
    return id;
  }

  private static String remedy(DataDirectory data) {
    return "use the version that made it, name another --data DIR, or remove "
        + data.root()
        + " to start from nothing";
  }
}
