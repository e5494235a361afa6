package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.platform.rest.FlinkReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JobManager in a process of its own, and what others of the machine can do to it. */
class FlinkClusterITCase {

  @TempDir private static Path directory;

  private static Map<Port, Integer> ports;
  private static FlinkCluster flink;
  private static StartedServer jobManager;
  private static FlinkReader page;

  @BeforeAll
  static void start() throws InterruptedException {
    DataDirectory data = StartedServer.data(directory.resolve("data"));
    ports = Port.choose(Map.of(), Map.of(), report -> {});
    flink =
        new FlinkCluster(
            data,
            StackKey.readOrCreate(data),
            ports.get(Port.FLINK),
            ports.get(Port.FLINK_REST),
            ports.get(Port.FLINK_RPC),
            1,
            Map.of(),
            StartedServer.installation());
    flink.configure(StartedServer.installation());
    jobManager = StartedServer.start(flink.jobManager(), data);
    page = flink.showPage();
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
    if (jobManager != null) {
      jobManager.close();
    }
  }

  @Test
  void shouldTakeAJarFromTheOwnerOfTheKeyOnly() throws Exception {
    Path jar = Files.writeString(directory.resolve("any.jar"), "not a jar");
    assertThat(flink.api().replaceJar(jar)).endsWith("any.jar");

    HttpClient stranger = HttpClient.newBuilder().sslContext(trustingAll()).build();
    for (String path : List.of("/jobs", "/jars/upload", "/jars/any.jar/run")) {
      assertThatThrownBy(() -> post(stranger, flink.restUrl() + path))
          .as("POST " + path + " without the key")
          .isInstanceOf(IOException.class);
    }
    String inTheClear = "http://127.0.0.1:" + ports.get(Port.FLINK_REST);
    assertThat(post(HttpClient.newHttpClient(), inTheClear + "/jobs").statusCode())
        .as("Flink sends others to TLS")
        .isEqualTo(301);
  }

  @Test
  void shouldShowItsPageToOthersAndNoMore() throws Exception {
    HttpClient stranger = HttpClient.newHttpClient();
    String shown =
        stranger
            .send(
                HttpRequest.newBuilder(URI.create(flink.pageUrl() + "/overview")).build(),
                BodyHandlers.ofString())
            .body();
    assertThat(shown).contains("\"flink-version\"");
    for (String path : List.of("/jobs", "/jars/upload", "/jars/any.jar/run", "/cluster")) {
      assertThat(post(stranger, flink.pageUrl() + path).statusCode()).as(path).isEqualTo(405);
    }
  }

  /** Whoever speaks to this port could submit a job without the REST API. */
  @Test
  void shouldNotTalkToOtherProcessesWithoutTheKey() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.get(Port.FLINK_RPC))) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      // A frame of Pekko's protocol begins with its length.
      out.write(new byte[] {0, 0, 0, 4, 1, 2, 3, 4});
      out.flush();
      byte[] answer = socket.getInputStream().readNBytes(1);
      assertThat(answer)
          .as("the end of the connection, or an alert of TLS")
          .satisfiesAnyOf(
              none -> assertThat(none).isEmpty(),
              alert -> assertThat(alert[0]).isEqualTo((byte) 21));
    }
  }

  private static HttpResponse<String> post(HttpClient client, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(BodyPublishers.ofString("{}", StandardCharsets.UTF_8))
            .build(),
        BodyHandlers.ofString());
  }

  /** So that only Flink can refuse. */
  private static SSLContext trustingAll() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

            @Override
            public void checkClientTrusted(
                X509Certificate[] chain, String type, SSLEngine engine) {}

            @Override
            public void checkServerTrusted(
                X509Certificate[] chain, String type, SSLEngine engine) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        new SecureRandom());
    return context;
  }
}
