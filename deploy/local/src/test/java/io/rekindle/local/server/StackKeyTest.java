package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.platform.rest.RestClient;
import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackKeyTest {

  @TempDir private Path directory;

  private DataDirectory data;

  @BeforeEach
  void create() {
    data = new DataDirectory(directory.resolve("data"));
    data.create();
  }

  @Test
  void shouldKeepOneKeyThatOthersCannotRead() throws IOException {
    StackKey made = StackKey.readOrCreate(data);
    List<Path> files;
    try (Stream<Path> listed = Files.list(made.directory())) {
      files = listed.sorted().toList();
    }
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .containsExactly("ca.crt", "keystore.p12", "keystore.password", "tls.crt", "tls.key");
    for (Path file : files) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.directory())))
        .isEqualTo("rwx------");

    String key = Files.readString(made.directory().resolve(TlsIdentity.KEY));
    StackKey again = StackKey.readOrCreate(data);
    assertThat(Files.readString(again.directory().resolve(TlsIdentity.KEY))).isEqualTo(key);
    assertThat(again.password()).isEqualTo(made.password());
  }

  @Test
  void shouldOpenAServerToItsOwnerOnly() throws IOException {
    StackKey key = StackKey.readOrCreate(data);
    DataDirectory other = new DataDirectory(directory.resolve("other"));
    other.create();
    HttpsServer server = serverThatAsksFor(key);
    String url = "https://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(new RestClient(url, key.directory()).get("/").asText()).isEqualTo("open");
      assertThatThrownBy(() -> new RestClient(url).get("/"))
          .as("without a key")
          .isInstanceOf(IOException.class);
      assertThatThrownBy(
              () -> new RestClient(url, StackKey.readOrCreate(other).directory()).get("/"))
          .as("with another stack's key")
          .isInstanceOf(IOException.class);
    } finally {
      server.stop(0);
    }
  }

  private static HttpsServer serverThatAsksFor(StackKey key) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SSLContext context = TlsIdentity.read(key.directory());
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
          byte[] body = "\"open\"".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
