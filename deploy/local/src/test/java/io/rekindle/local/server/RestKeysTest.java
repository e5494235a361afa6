package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of the REST APIs of Flink and Kafka Connect, as containers and Kubernetes have them. */
class RestKeysTest {

  private static final Set<String> ALL =
      Set.of("kafka", "connect", "job", "dashboard", "setup", "postgres", "flink", "connect-api");

  @TempDir private static Path directory;

  private static Path keys;

  @BeforeAll
  static void make() throws Exception {
    keys = ShippedKeys.forContainers(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flink", "connect-api"})
  void shouldOpenAnApiToTheOwnersOfItsKeyOnly(String name) throws Exception {
    Path own = keys.resolve(name);
    try (KeyedServer server = server(own)) {
      assertThat(server.ask(own)).isEqualTo("open");

      for (String other : ALL) {
        if (other.equals(name)) {
          continue;
        }
        Path stranger = directory.resolve(name + "-asked-by-" + other);
        Files.createDirectory(stranger);
        Files.copy(keys.resolve(other).resolve("tls.key"), stranger.resolve("tls.key"));
        Files.copy(keys.resolve(other).resolve("tls.crt"), stranger.resolve("tls.crt"));
        Files.copy(own.resolve("ca.crt"), stranger.resolve("ca.crt"));
        assertThatThrownBy(() -> server.ask(stranger)).as(other).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void shouldOpenFlinkOnKubernetesToTheOwnersOfItsKey() throws Exception {
    Path own = ShippedKeys.forFlinkOnKubernetes(directory);
    // By a bare socket: the certificate is good for the names in the cluster only.
    try (KeyedServer server = server(own.resolve("keystore.p12"), "rekindle-flink");
        Socket socket =
            TlsIdentity.read(own)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .endsWith("\"open\"");
    }
  }

  @Test
  void shouldSayWhyThereIsNoAnswer() throws Exception {
    Path own = keys.resolve("flink");
    KeyedServer closed;
    try (KeyedServer server = server(own)) {
      assertThatThrownBy(() -> server.ask(keys.resolve("job")))
          .hasMessageStartingWith("no answer from https://127.0.0.1:")
          .hasMessageContaining("certification path");
      closed = server;
    }
    assertThatThrownBy(() -> closed.ask(own)).hasMessageEndingWith(": no connection");
  }

  /** A server that takes its key store for its own key, and for the clients that it trusts. */
  private static KeyedServer server(Path keyStore, String password) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      own.load(in, password.toCharArray());
    }
    KeyManagerFactory key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    key.init(own, password.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(own);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(key.getKeyManagers(), trust.getTrustManagers(), null);
    return new KeyedServer(context);
  }

  private static KeyedServer server(Path own) throws Exception {
    return server(own.resolve("keystore.p12"), Files.readString(own.resolve("keystore.password")));
  }
}
