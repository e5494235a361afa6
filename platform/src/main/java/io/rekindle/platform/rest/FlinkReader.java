package io.rekindle.platform.rest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Reads Flink for others. It holds the key that Flink asks for, and passes on GET requests of what
 * Flink's page and the dashboard show. It submits, changes and stops no job.
 *
 * <p>It passes on neither headers of the request nor its body. Paths that may have secrets or
 * personal data are not open: logs, thread dumps, the configuration and the environment. Nor is a
 * GET that runs code or ends a job.
 */
public final class FlinkReader implements AutoCloseable {

  /** Every setting of the program. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -cp ... io.rekindle.platform.rest.FlinkReader",
          """
          The program holds the key of Flink's REST API, and lets others read what Flink's page
          shows. It refuses everything else.""",
          Sources.ENVIRONMENT,
          values -> {});

  private static final Setting<URI> FLINK_URL =
      SETTINGS
          .declare("flink.url", SettingType.webUrl())
          .required("Flink's REST API, such as https://jobmanager:8081.");

  private static final Setting<Optional<Path>> FLINK_TLS =
      SETTINGS
          .declare("flink.tls", TlsIdentity.directory())
          .optional("Directory with the key and the certificates for Flink's REST API, in PEM.");

  private static final Setting<String> HOST =
      SETTINGS
          .declare("flink-reader.host", SettingType.host())
          .withDefault("127.0.0.1", "Address on which the program listens.");

  private static final Setting<Integer> PORT =
      SETTINGS
          .declare("flink-reader.port", SettingType.wholeNumber(0, 65_535))
          .withDefault("8082", "Port on which the program listens. 0 is any free one.");

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int THREADS = 8;
  private static final int BACKLOG = 64;

  private static final String ID = "[0-9a-f]{32}";

  /** What the dashboard asks for, and what Flink's page shows of a job. */
  private static final Pattern OPEN =
      Pattern.compile(
          "/(overview|config|taskmanagers(/[A-Za-z0-9:._-]+(/metrics)?)?|jobmanager/metrics"
              + "|jobs(/overview|/metrics"
              + "|/"
              + ID
              + "(/(accumulators|config|exceptions|metrics|plan|status)"
              + "|/checkpoints(/config|/details/[0-9]+(/subtasks/[0-9a-f_]+)?)?"
              + "|/vertices/[0-9a-f_]+(/[a-z]+(/[a-z0-9]+)*)?)?)?)"
              // The page itself.
              + "|/|/(assets/)?[A-Za-z0-9._/-]+\\.(css|html|ico|js|json|map|png|svg|ttf|woff2?)");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final URI flink;
  private final HttpClient client;

  /**
   * Begins to listen.
   *
   * @param flink URL of Flink's REST API, without a path
   * @param tls directory with the key and the certificates; null for a Flink without TLS
   * @throws IOException if the port is taken
   * @throws UncheckedIOException if the key or a certificate cannot be read
   */
  public FlinkReader(String host, int port, URI flink, Path tls) throws IOException {
    this.flink = flink;
    this.client = RestClient.http(tls, TIMEOUT);
    this.server = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Exit codes: 1 the port is taken or the key cannot be read, 2 wrong settings or arguments. */
  public static void main(String[] args) {
    SettingValues values = SETTINGS.readOrExit(args);
    try {
      FlinkReader reader =
          new FlinkReader(
              values.get(HOST),
              values.get(PORT),
              values.get(FLINK_URL),
              values.get(FLINK_TLS).orElse(null));
      Runtime.getRuntime().addShutdownHook(new Thread(reader::close, "stop"));
    } catch (IOException | UncheckedIOException e) {
      System.err.println("Flink cannot be read: " + e.getMessage());
      System.exit(1);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      // A path that begins with two slashes is another host's.
      URI asked = exchange.getRequestURI();
      String path = asked.getRawAuthority() == null ? asked.getRawPath() : asked.toString();
      if (!exchange.getRequestMethod().equals("GET")) {
        refuse(exchange, 405, "this address only shows Flink: it takes GET alone");
      } else if (path.contains("..") || !OPEN.matcher(path).matches()) {
        refuse(exchange, 403, "this address does not show " + path);
      } else {
        passOn(exchange);
      }
    }
  }

  private void passOn(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    URI target =
        flink.resolve(exchange.getRequestURI().getRawPath() + (query == null ? "" : "?" + query));
    HttpResponse<InputStream> answer;
    try {
      answer =
          client.send(
              HttpRequest.newBuilder(target).timeout(TIMEOUT).build(),
              BodyHandlers.ofInputStream());
    } catch (IOException e) {
      refuse(exchange, 502, "Flink does not answer");
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse(exchange, 503, "stopping");
      return;
    }
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    try (InputStream body = answer.body();
        OutputStream out = exchange.getResponseBody()) {
      body.transferTo(out);
    }
  }

  private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
    byte[] body = ("{\"errors\":[\"" + why + "\"]}").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    boolean withBody = !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, withBody ? body.length : -1);
    if (withBody) {
      exchange.getResponseBody().write(body);
    }
  }
}
