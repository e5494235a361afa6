package io.rekindle.email.sender.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.outbox.Outbox;
import io.rekindle.email.sender.outbox.SenderMetrics;
import io.rekindle.email.sender.outbox.SendingLoop;
import io.rekindle.email.sender.settings.SenderSettings.Http;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves unsubscribe links, health and metrics: {@code GET} and {@code POST
 * /unsubscribe/{emailId}/{token}}, {@code GET /health}, and {@code GET /metrics} where it is
 * enabled. The port is open to the internet.
 */
public final class SenderServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SenderServer.class);

  private static final Pattern LINK =
      Pattern.compile(Pattern.quote(UnsubscribeLinks.PATH) + "([^/]{1,1600})/([^/]{1,64})");

  private static final String HTML = "text/html; charset=utf-8";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final int MAX_BODY = 4_096;
  private static final int THREADS = 8;
  private static final int ANSWER_SECONDS = 2;

  private final UnsubscribeLinks links;
  private final UnsubscribeStore unsubscribeStore;
  private final DataSource database;
  private final SendingLoop loop;
  private final SenderMetrics metrics;
  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * @param loop sends the emails
   * @throws IOException if the address cannot be listened on
   */
  public SenderServer(
      Http http,
      UnsubscribeLinks links,
      DataSource database,
      Outbox outbox,
      SendingLoop loop,
      SenderMetrics metrics)
      throws IOException {
    limitConnections();
    this.links = links;
    this.unsubscribeStore = new UnsubscribeStore(database);
    this.database = database;
    this.loop = loop;
    this.metrics = metrics;
    this.server = HttpServer.create(new InetSocketAddress(http.host(), http.port()), 0);
    this.threads = Executors.newFixedThreadPool(THREADS);
    server.setExecutor(threads);
    server.createContext("/", guarded(exchange -> html(exchange, 404, UnsubscribePage.NOT_FOUND)));
    server.createContext(UnsubscribeLinks.PATH, guarded(this::unsubscribe));
    server.createContext("/health", guarded(exchange -> status(exchange, "/health", this::health)));
    if (http.metrics()) {
      server.createContext(
          "/metrics",
          guarded(
              exchange ->
                  status(
                      exchange,
                      "/metrics",
                      page -> respond(page, 200, METRICS, metrics.scrape(outbox)))));
    }
  }

  /** Without these limits, the JDK's server waits for the rest of a request without end. */
  private static void limitConnections() {
    setUnlessSet("sun.net.httpserver.maxReqTime", "10"); // seconds, like the next
    setUnlessSet("sun.net.httpserver.maxRspTime", "20");
    setUnlessSet("jdk.httpserver.maxConnections", "500");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  public void start() {
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0); // With more than 0 it would wait even without a request.
    threads.shutdown();
  }

  private static HttpHandler guarded(HttpHandler handler) {
    return exchange -> {
      try {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-store");
        headers.set("Content-Security-Policy", UnsubscribePage.CONTENT_SECURITY_POLICY);
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("X-Robots-Tag", "noindex");
        handler.handle(exchange);
      } catch (RuntimeException | Error e) {
        // Without the path, which is a reader's key.
        LOG.error("A request failed", e);
        if (exchange.getResponseCode() == -1) {
          html(exchange, 500, UnsubscribePage.TRY_AGAIN);
        }
      } finally {
        exchange.close();
      }
    };
  }

  private void unsubscribe(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "GET", "HEAD" -> {
        if (emailId(exchange).isPresent()) {
          html(exchange, 200, UnsubscribePage.QUESTION);
        } else {
          html(exchange, 404, UnsubscribePage.NOT_FOUND);
        }
      }
      case "POST" -> unsubscribeNow(exchange);
      default -> {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD, POST");
        html(exchange, 405, UnsubscribePage.REFUSED);
      }
    }
  }

  /**
   * Accepts any small body, such as that of RFC 8058 and that of the page's button. Only the token
   * counts, so that no unsubscribe is lost to a detail of a mail program.
   */
  private void unsubscribeNow(HttpExchange exchange) throws IOException {
    if (!isSmall(exchange)) {
      exchange.getResponseHeaders().set("Connection", "close");
      html(exchange, 413, UnsubscribePage.REFUSED);
      return;
    }
    Optional<String> emailId = emailId(exchange);
    try {
      if (emailId.isPresent() && unsubscribeStore.unsubscribe(emailId.get())) {
        metrics.unsubscribed();
        LOG.info("Unsubscribed by the link in email {}", HeaderText.of(emailId.get()));
        html(exchange, 200, UnsubscribePage.DONE);
      } else {
        html(exchange, 404, UnsubscribePage.NOT_FOUND);
      }
    } catch (SQLException e) {
      LOG.warn(
          "Could not unsubscribe by the link in email {}: {}",
          HeaderText.of(emailId.get()),
          e.getMessage());
      exchange.getResponseHeaders().set("Retry-After", "60");
      html(exchange, 503, UnsubscribePage.TRY_AGAIN);
    }
  }

  private static boolean isSmall(HttpExchange exchange) throws IOException {
    InputStream body = exchange.getRequestBody();
    return body.readNBytes(MAX_BODY + 1).length <= MAX_BODY;
  }

  /** The email whose token is in the path; empty for every other path. */
  private Optional<String> emailId(HttpExchange exchange) {
    Matcher link = LINK.matcher(String.valueOf(exchange.getRequestURI().getRawPath()));
    if (!link.matches()) {
      return Optional.empty();
    }
    String id;
    try {
      id = URLDecoder.decode(link.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // The sender encodes no link in this way.
    }
    return Optional.of(id).filter(found -> links.verify(found, link.group(2)));
  }

  /** A page for operators: read only, and at exactly this path. */
  private static void status(HttpExchange exchange, String path, HttpHandler page)
      throws IOException {
    if (!exchange.getRequestURI().getRawPath().equals(path)) {
      html(exchange, 404, UnsubscribePage.NOT_FOUND);
      return;
    }
    if (!exchange.getRequestMethod().equals("GET") && !exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      html(exchange, 405, UnsubscribePage.REFUSED);
      return;
    }
    page.handle(exchange);
  }

  private void health(HttpExchange exchange) throws IOException {
    boolean databaseUp = isDatabaseUp();
    // A paused sender stays up, since its unsubscribe links have to work.
    String sending = loop.ended() ? "STOPPED" : loop.pauseReason().isPresent() ? "PAUSED" : "UP";
    boolean up = databaseUp && !loop.ended();
    String body =
        "{\"status\":\"%s\",\"database\":\"%s\",\"sending\":\"%s\",\"pausedDomains\":%d}"
            .formatted(
                up ? "UP" : "DOWN", databaseUp ? "UP" : "DOWN", sending, loop.pausedDomains());
    respond(exchange, up ? 200 : 503, "application/json", body);
  }

  private boolean isDatabaseUp() {
    try (Connection connection = database.getConnection()) {
      return connection.isValid(ANSWER_SECONDS);
    } catch (SQLException e) {
      LOG.debug("Unhealthy", e);
      return false;
    }
  }

  private static void html(HttpExchange exchange, int status, String page) throws IOException {
    respond(exchange, status, HTML, page);
  }

  private static void respond(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
