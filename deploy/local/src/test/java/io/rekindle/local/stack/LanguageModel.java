package io.rekindle.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of chat completions that answers each request with a text that nothing is wrong with,
 * and can be told to keep everybody waiting.
 */
final class LanguageModel implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** States nothing, so that it is true of every client. */
  private static final String BODY =
      "<p>Hello {{name}},</p><p>It has been a while since we last heard from you, and we thought"
          + " of you. There are new books on our shelves, and some of them may be just what you"
          + " like.</p><p>Have a look when you have a quiet moment, we would be happy to see you"
          + " again.</p><p>Warm regards,<br>your friends at the shop</p>";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  LanguageModel() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  /** What a stack has to be started with to use it. */
  Map<String, String> environment() {
    return Map.of(
        "REKINDLE_LLM_BASE_URL",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/v1",
        "REKINDLE_LLM_API_KEY",
        "test-key",
        "REKINDLE_LLM_MODEL",
        "test/model",
        "REKINDLE_LLM_MAX_IN_FLIGHT",
        "200",
        "REKINDLE_LLM_REQUESTS_PER_MINUTE",
        "100000",
        "REKINDLE_LLM_DAILY_BUDGET_USD",
        "1000");
  }

  /** The bodies of the requests so far. */
  List<String> requests() {
    return requests;
  }

  /** From now on nobody gets an answer. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  /** Answers all who wait. */
  void release() {
    gate.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      gate.await();
      byte[] answer = completion().getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String completion() {
    ObjectNode draft = JSON.createObjectNode();
    draft.put("subject", "{{name}}, we have thought of you");
    draft.put("preheader", "New things on our shelves, and a warm welcome back.");
    draft.put("body", BODY);
    draft.putObject("call_to_action").put("text", "See what is new").put("link_id", "shop");
    draft
        .putArray("suggested_items")
        .addObject()
        .put("category", "books")
        .put("text", "Stories to get lost in for an evening.");
    ObjectNode answer = JSON.createObjectNode();
    answer.put("id", "1").put("object", "chat.completion").put("model", "test/served");
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop");
    choice.putObject("message").put("role", "assistant").put("content", draft.toString());
    answer
        .putObject("usage")
        .put("prompt_tokens", 900)
        .put("completion_tokens", 300)
        .put("total_tokens", 1_200)
        .put("cost", 0.0011);
    return answer.toString();
  }

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.shutdownNow();
  }
}
