package io.rekindle.connectors.kafka;

import io.rekindle.platform.rest.TlsIdentity;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.Setting;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;

/**
 * The brokers of a program, and the key by which they know it. The settings of a client name the
 * key's files and do not have their content: the job's graph leaves its process.
 *
 * @param bootstrap brokers, host:port, separated by commas
 * @param tls the directory of a {@link TlsIdentity}; null for brokers without TLS
 */
public record KafkaLogin(String bootstrap, Path tls) {

  private static final String PROVIDER = "tls";

  /** Declares the setting of the key as the next one of a program. */
  public static Setting<Optional<Path>> declareTls(ProgramSettings settings) {
    return settings
        .declare("kafka.tls", TlsIdentity.directory())
        .optional(
            "Directory with the program's key and the certificates for Kafka, in PEM. Without it,"
                + " connections are neither encrypted nor signed in.");
  }

  /** The settings that every client has, whatever it does. */
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    if (tls != null) {
      settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
      settings.put("config.providers", PROVIDER);
      settings.put(
          "config.providers." + PROVIDER + ".class", DirectoryConfigProvider.class.getName());
      settings.put("config.providers." + PROVIDER + ".param.allowed.paths", tls.toString());
      settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
      settings.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, content(TlsIdentity.KEY));
      settings.put(
          SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, content(TlsIdentity.CERTIFICATE));
      settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, content(TlsIdentity.TRUSTED));
    }
    return settings;
  }

  /** Returns the settings and some more. */
  public Map<String, Object> settings(Map<String, Object> more) {
    Map<String, Object> settings = settings();
    settings.putAll(more);
    return settings;
  }

  /** The settings as Flink takes them. */
  public Properties properties() {
    Properties properties = new Properties();
    settings().forEach((name, value) -> properties.setProperty(name, value.toString()));
    return properties;
  }

  private String content(String file) {
    return "${" + PROVIDER + ":" + tls + ":" + file + "}";
  }
}
