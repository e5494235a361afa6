package io.rekindle.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaLoginTest {

  @TempDir private Path directory;

  @Test
  void shouldNameTheKeyAndNotHaveIt() throws IOException {
    for (String file :
        new String[] {TlsIdentity.KEY, TlsIdentity.CERTIFICATE, TlsIdentity.TRUSTED}) {
      Files.writeString(directory.resolve(file), "content of " + file);
    }
    KafkaLogin login = new KafkaLogin("kafka:9092", directory);
    assertThat(login.settings().values())
        .noneMatch(value -> value.toString().contains("content of"));
    assertThat(login.properties()).containsEntry("security.protocol", "SSL");

    AdminClientConfig client = new AdminClientConfig(login.settings(Map.of()));
    assertThat(client.getPassword("ssl.keystore.key").value()).isEqualTo("content of tls.key");
    assertThat(client.getPassword("ssl.keystore.certificate.chain").value())
        .isEqualTo("content of tls.crt");
    assertThat(client.getPassword("ssl.truststore.certificates").value())
        .isEqualTo("content of ca.crt");
  }

  @Test
  void shouldLeaveBrokersWithoutTlsAsTheyAre() {
    assertThat(new KafkaLogin("kafka:9092", null).settings())
        .isEqualTo(Map.of("bootstrap.servers", "kafka:9092"));
  }
}
