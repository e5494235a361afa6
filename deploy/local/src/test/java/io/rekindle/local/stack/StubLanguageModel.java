package io.rekindle.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A server of chat completions that answers each request with a text that nothing is wrong with,
 * and can be told to keep everybody waiting, or to take more money.
 */
final class StubLanguageModel implements AutoCloseable {

  static final String DAILY_BUDGET_USD = "20";

  /** The most that a call may cost by the prices that the job is told: 1,200 tokens. */
  static final String HIGH_COST = "0.024";

  private static final String LOW_COST = "0.0011";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** States nothing, so that it is true of every client. */
  private static final String BODY =
      "<p>Hello {{name}},</p><p>It has been a while since we last heard from you, and we thought"
          + " of you. There are new books on our shelves, and some of them may be just what you"
          + " like.</p><p>Have a look when you have a quiet moment, we would be happy to see you"
          + " again.</p><p>Warm regards,<br>your friends at the shop</p>";

  private static final int EVERYBODY = 1_000_000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Semaphore gate = new Semaphore(EVERYBODY);
  private volatile String cost = LOW_COST;

  StubLanguageModel() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  /** What a stack has to be started with to use it. */
  Map<String, String> environment() {
    return Map.ofEntries(
        Map.entry(
            "REKINDLE_LLM_BASE_URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/v1"),
        Map.entry("REKINDLE_LLM_API_KEY", "test-key"),
        Map.entry("REKINDLE_LLM_MODEL", "test/model"),
        Map.entry("REKINDLE_LLM_MAX_IN_FLIGHT", "400"),
        Map.entry("REKINDLE_LLM_REQUESTS_PER_MINUTE", "1000000"),
        Map.entry("REKINDLE_LLM_TOKENS_PER_MINUTE", "1000000000"),
        // Whoever is kept waiting here waits, however busy the machine is.
        Map.entry("REKINDLE_LLM_CALL_TIMEOUT", "5 min"),
        Map.entry("REKINDLE_LLM_DEADLINE", "5 min"),
        Map.entry("REKINDLE_LLM_DAILY_BUDGET_USD", DAILY_BUDGET_USD),
        Map.entry("REKINDLE_LLM_PROMPT_USD_PER_MILLION_TOKENS", "0"),
        Map.entry("REKINDLE_LLM_COMPLETION_USD_PER_MILLION_TOKENS", "20"),
        Map.entry("REKINDLE_SENDER_RATE", "1000"));
  }

  /** The bodies of the requests so far. */
  List<String> requests() {
    return requests;
  }

  /** From now on nobody gets an answer; those who still wait from before have gone. */
  void hold() {
    Semaphore before = gate;
    gate = new Semaphore(0);
    before.release(EVERYBODY);
  }

  /** Answers some of those who wait. */
  void answer(int some) {
    gate.release(some);
  }

  /** Answers all, now and later. */
  void release() {
    gate.release(EVERYBODY);
  }

  /** What an answer costs from now on, in USD. */
  void charge(String usd) {
    cost = usd;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      gate.acquire();
      byte[] answer = completion().getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String completion() {
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
        .put("cost", new BigDecimal(cost));
    return answer.toString();
  }

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.shutdownNow();
  }
}
