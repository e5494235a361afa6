package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Somebody who talks to a dashboard over HTTP: signed in, with an API key, or neither. */
public final class TestClient {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final List<String> headers = new ArrayList<>();

  private TestClient(int port) {
    this.port = port;
  }

  public static TestClient anonymous(int port) {
    return new TestClient(port);
  }

  public static TestClient withKey(int port, String secret) {
    TestClient client = new TestClient(port);
    client.headers.addAll(List.of("Authorization", "Bearer " + secret));
    return client;
  }

  public static TestClient signedIn(int port, String email, String password) throws Exception {
    TestClient client = new TestClient(port);
    HttpResponse<String> response =
        client.post(
            "/api/session",
            JSON.createObjectNode().put("email", email).put("password", password).toString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    String csrfToken = json(response).get("csrfToken").textValue();
    client.headers.addAll(List.of("Cookie", cookie, "X-CSRF-Token", csrfToken));
    return client;
  }

  /** The same with another header. */
  public TestClient with(String name, String value) {
    TestClient client = new TestClient(port);
    client.headers.addAll(headers);
    client.headers.addAll(List.of(name, value));
    return client;
  }

  /** The same without a header. */
  public TestClient without(String name) {
    TestClient client = new TestClient(port);
    for (int i = 0; i < headers.size(); i += 2) {
      if (!headers.get(i).equals(name)) {
        client.headers.addAll(headers.subList(i, i + 2));
      }
    }
    return client;
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return exchange("GET", path, request(path).GET());
  }

  public HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return send("POST", path, json);
  }

  public HttpResponse<String> put(String path, String json)
      throws IOException, InterruptedException {
    return send("PUT", path, json);
  }

  public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return exchange("DELETE", path, request(path).DELETE());
  }

  public HttpResponse<String> send(String method, String path, String json)
      throws IOException, InterruptedException {
    return exchange(
        method,
        path,
        request(path)
            .header("Content-Type", "application/json")
            .method(
                method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json)));
  }

  public HttpResponse<String> postForm(String path, String form)
      throws IOException, InterruptedException {
    return exchange(
        "POST",
        path,
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  /** Every answer is held to the contract. */
  private HttpResponse<String> exchange(String method, String path, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    OpenApiContract.check(method, path, response);
    return response;
  }

  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30));
    for (int i = 0; i < headers.size(); i += 2) {
      request.header(headers.get(i), headers.get(i + 1));
    }
    return request;
  }

  public static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  public static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  public static String encoded(String pathSegment) {
    return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
