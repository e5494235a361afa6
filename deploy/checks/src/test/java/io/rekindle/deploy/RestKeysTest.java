package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.rekindle.platform.rest.RestClient;
import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The keys of the REST APIs of Flink and Kafka Connect, at a server that takes its key store as
 * they do: for its own key, and for the clients that it trusts.
 */
class RestKeysTest {

  private static final Set<String> ALL =
      Set.of("kafka", "connect", "job", "dashboard", "setup", "postgres", "flink", "connect-api");

  @TempDir private static Path directory;

  private static Path keys;

  @BeforeAll
  static void make() throws Exception {
    keys = ShippedKeys.forContainers(directory, "certificates");
  }

  @ParameterizedTest
  @ValueSource(strings = {"flink", "connect-api"})
  void shouldOpenAnApiToTheOwnersOfItsKeyOnly(String name) throws Exception {
    Path own = keys.resolve(name);
    String password = Files.readString(own.resolve("keystore.password"));
    try (Server server = new Server(own.resolve("keystore.p12"), password)) {
      assertThat(server.ask(own).path("answer").asText()).isEqualTo("yes");

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
    JsonNode secret =
        Repository.YAML
            .readTree(ShippedKeys.forFlinkOnKubernetes(directory).split("---\n", 2)[0])
            .get("data");
    Path own = Files.createDirectory(directory.resolve("kubernetes"));
    for (String file : List.of("keystore.p12", "tls.key", "tls.crt", "ca.crt")) {
      Files.write(own.resolve(file), Base64.getDecoder().decode(secret.get(file).asText()));
    }
    // By a bare socket: the certificate is good for the names in the cluster only.
    try (Server server = new Server(own.resolve("keystore.p12"), "rekindle-flink");
        Socket socket =
            TlsIdentity.read(own)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .endsWith("{\"answer\":\"yes\"}");
    }
  }

  @Test
  void shouldSayWhyThereIsNoAnswer() throws Exception {
    Path own = keys.resolve("flink");
    String password = Files.readString(own.resolve("keystore.password"));
    Server closed;
    try (Server server = new Server(own.resolve("keystore.p12"), password)) {
      assertThatThrownBy(() -> server.ask(keys.resolve("job")))
          .hasMessageStartingWith("no answer from https://127.0.0.1:")
          .hasMessageContaining("certification path");
      closed = server;
    }
    assertThatThrownBy(() -> closed.ask(own)).hasMessageEndingWith(": no connection");
  }

  /** Answers every request of a client that it trusts. */
  private static final class Server implements AutoCloseable {

    private final HttpsServer server;

    Server(Path store, String password) throws Exception {
      KeyStore own = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        own.load(in, password.toCharArray());
      }
      KeyManagerFactory key =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      key.init(own, password.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(own);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(key.getKeyManagers(), trust.getTrustManagers(), null);
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters required = context.getDefaultSSLParameters();
              required.setNeedClientAuth(true);
              parameters.setSSLParameters(required);
            }
          });
      server.createContext(
          "/",
          exchange -> {
            byte[] body = "{\"answer\":\"yes\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    JsonNode ask(Path identity) throws IOException {
      return new RestClient("https://127.0.0.1:" + port(), identity).get("/");
    }

    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
