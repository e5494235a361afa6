package io.rekindle.email.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server of chat completions that refuses parts of requests, and answers the rest. */
final class CompatibleServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();

  /**
   * @param refuses parts by the names of {@link #has}
   * @param body of a refusal, with {@code {refused}} for the name of the part
   * @param answer to a request that has none of the parts
   */
  CompatibleServer(List<String> refuses, int status, String body, Function<JsonNode, String> answer)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          JsonNode request = JSON.readTree(exchange.getRequestBody());
          requests.add(request);
          String refused =
              refuses.stream().filter(part -> has(request, part)).findFirst().orElse(null);
          if (refused == null) {
            send(exchange, 200, answer.apply(request));
          } else {
            send(exchange, status, body.replace("{refused}", refused));
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  List<JsonNode> requests() {
    return requests;
  }

  private static boolean has(JsonNode request, String part) {
    if (part.startsWith("tokens>")) {
      int limit = Integer.parseInt(part.substring("tokens>".length()));
      return request.path("max_completion_tokens").asInt() > limit
          || request.path("max_tokens").asInt() > limit;
    }
    return switch (part) {
      case "json_schema", "json_object" ->
          request.at("/response_format/type").asText().equals(part);
      case "system" -> request.at("/messages/0/role").asText().equals("system");
      case "stream:false" -> !request.path("stream").asBoolean();
      default -> request.has(part);
    };
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
