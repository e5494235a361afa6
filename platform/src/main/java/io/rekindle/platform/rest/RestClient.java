package io.rekindle.platform.rest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * The client of a JSON API over HTTP. Thread-safe.
 *
 * <p>Every method throws {@link StatusException} for a status of 400 or more, and another
 * IOException without an answer. An answer without a body is a missing node.
 */
public final class RestClient {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

  /** Flink runs the main method of a submitted job before it answers. */
  private static final Duration SLOW_RESPONSE_TIMEOUT = Duration.ofSeconds(60);

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http;
  private final String base;
  private final Duration timeout;
  private final Duration slowTimeout;

  /**
   * Creates a client with the default limits: 2 s to connect, 10 s for an answer, 60 s for the
   * answer to a change.
   *
   * @param base the URL before each path, such as {@code http://127.0.0.1:8083}
   */
  public RestClient(String base) {
    this(base, (Path) null);
  }

  /**
   * Creates a client with one time limit, for connecting and for every answer.
   *
   * @param base the URL before each path, such as {@code http://127.0.0.1:8083}
   */
  public RestClient(String base, Duration timeout) {
    this(base, null, timeout);
  }

  /**
   * Creates a client with the default limits, of a server that asks for a certificate.
   *
   * @param base the URL before each path, such as {@code https://127.0.0.1:8083}
   * @param tls the directory of a {@link TlsIdentity}; null for none
   * @throws UncheckedIOException if the identity cannot be read
   */
  public RestClient(String base, Path tls) {
    this(base, http(tls, CONNECT_TIMEOUT), RESPONSE_TIMEOUT, SLOW_RESPONSE_TIMEOUT);
  }

  /**
   * Creates a client with one time limit, of a server that asks for a certificate.
   *
   * @param base the URL before each path, such as {@code https://127.0.0.1:8083}
   * @param tls the directory of a {@link TlsIdentity}; null for none
   * @throws UncheckedIOException if the identity cannot be read
   */
  public RestClient(String base, Path tls, Duration timeout) {
    this(base, http(tls, timeout), timeout, timeout);
  }

  private RestClient(String base, HttpClient http, Duration timeout, Duration slowTimeout) {
    this.base = base;
    this.http = http;
    this.timeout = timeout;
    this.slowTimeout = slowTimeout;
  }

  /** Returns a client that shows an identity; null for none. */
  static HttpClient http(Path tls, Duration connectTimeout) {
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(connectTimeout);
    if (tls != null) {
      try {
        builder.sslContext(TlsIdentity.read(tls));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return builder.build();
  }

  /** An answer with a status of 400 or more. */
  public static final class StatusException extends IOException {

    private final int status;

    StatusException(int status, String message) {
      super(message);
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  public JsonNode get(String path) throws IOException {
    return send(request(path, timeout).GET());
  }

  public JsonNode post(String path, JsonNode body) throws IOException {
    return send(
        request(path, slowTimeout)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString())));
  }

  public JsonNode put(String path, JsonNode body) throws IOException {
    return send(
        request(path, slowTimeout)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body.toString())));
  }

  public JsonNode delete(String path) throws IOException {
    return send(request(path, timeout).DELETE());
  }

  public JsonNode patch(String path) throws IOException {
    return send(request(path, timeout).method("PATCH", BodyPublishers.noBody()));
  }

  /** Sends a file in the form of a web page's upload. */
  public JsonNode upload(String path, String field, Path file) throws IOException {
    String boundary = "rekindle-" + UUID.randomUUID();
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            .formatted(boundary, field, file.getFileName());
    return send(
        request(path, slowTimeout)
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                BodyPublishers.concat(
                    text(head), fileOf(file), text("\r\n--" + boundary + "--\r\n"))));
  }

  private static BodyPublisher text(String text) {
    return BodyPublishers.ofString(text, StandardCharsets.UTF_8);
  }

  private static BodyPublisher fileOf(Path file) throws FileNotFoundException {
    return BodyPublishers.ofFile(file);
  }

  /** Flink answers {"errors": [...]} with stack traces, Kafka Connect {"message": ...}. */
  private static String explanation(String body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JacksonException e) {
      return body.strip();
    }
    JsonNode errors = json.path("errors");
    return errors.isArray()
        ? RootCause.in(errors.path(errors.size() - 1).asText())
        : json.path("message").asText(body).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** The innermost message. The client's exceptions have none when a port is closed. */
  private static String reason(Throwable e) {
    String reason = null;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      reason = cause.getMessage() == null ? reason : cause.getMessage();
    }
    return reason == null ? "no connection" : reason;
  }

  private HttpRequest.Builder request(String path, Duration limit) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(limit);
  }

  private JsonNode send(HttpRequest.Builder builder) throws IOException {
    HttpRequest request = builder.build();
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException("no answer from " + base + ": " + reason(e), e);
    }
    if (response.statusCode() >= 400) {
      throw new StatusException(
          response.statusCode(), response.statusCode() + " " + explanation(response.body()));
    }
    return response.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(response.body());
  }
}
