package io.rekindle.email;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many emails one writer makes per second when every answer takes a second and 1,000 requests
 * may be in flight; the server is a process of its own. {@code mvn -pl email-sink test-compile
 * exec:exec@writer-benchmark}, with the modules before it installed.
 */
final class WriterBenchmark {

  private static final int IN_FLIGHT = 1_000;
  private static final int DELAY_MS = 1_000;
  private static final int WARM_UP = 8_000;
  private static final int EMAILS = 20_000;

  private WriterBenchmark() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("server")) {
      serve();
      return;
    }
    Process server = startServer();
    try {
      int port = readPort(server);
      run("http://127.0.0.1:" + port + "/v1");
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static Process startServer() throws IOException {
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-cp",
            System.getProperty("java.class.path"),
            "-Xmx512m",
            // By default it closes what is idle beyond 200 connections.
            "-Dsun.net.httpserver.maxIdleConnections=5000",
            "-Dsun.net.httpserver.nodelay=true",
            WriterBenchmark.class.getName(),
            "server")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static int readPort(Process server) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = server.getInputStream().read(); c != '\n'; c = server.getInputStream().read()) {
      if (c < 0) {
        throw new IOException("the server did not start");
      }
      line.append((char) c);
    }
    return Integer.parseInt(line.toString().strip());
  }

  /** Answers each request a second later, and holds no thread meanwhile. */
  private static void serve() throws IOException {
    byte[] answer =
        Completions.completion(Completions.draft().toString()).getBytes(StandardCharsets.UTF_8);
    ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    ExecutorService now = Executors.newFixedThreadPool(4);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_000);
    server.setExecutor(now);
    server.createContext(
        "/",
        exchange -> {
          long arrived = System.nanoTime();
          exchange.getRequestBody().readAllBytes();
          long left = TimeUnit.MILLISECONDS.toNanos(DELAY_MS) - (System.nanoTime() - arrived);
          ScheduledFuture<?> unused =
              later.schedule(() -> answer(exchange, answer), left, TimeUnit.NANOSECONDS);
        });
    server.start();
    System.out.println(server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, byte[] answer) {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(answer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String url) throws Exception {
    LlmSettings settings =
        Requests.limits()
            .inFlight(IN_FLIGHT, 200)
            .perMinute(10_000_000, 2_000_000_000)
            .budget("1000000")
            .within(Duration.ofSeconds(30), Duration.ofSeconds(60))
            .at(url);
    try (LlmEmailWriter writer =
        new LlmEmailWriter(settings, Requests.SHOP, BigDecimal.ZERO, WriterListener.NONE)) {
      measure(writer, WARM_UP);
      Result result = measure(writer, EMAILS);
      System.out.printf(
          "%d in flight, %d ms per answer: %.0f emails/s over %d emails, %d of them by the model%n",
          IN_FLIGHT, DELAY_MS, EMAILS / result.seconds(), EMAILS, result.byModel());
      System.out.printf(
          "latency p50 %d ms, p99 %d ms; processor time %.2f ms per email (%.2f of %d processors)%n",
          result.latencies().get(EMAILS / 2),
          result.latencies().get(EMAILS * 99 / 100),
          result.cpuSeconds() * 1_000 / EMAILS,
          result.cpuSeconds() / result.seconds(),
          Runtime.getRuntime().availableProcessors());
      if (!result.reasons().isEmpty()) {
        System.out.println("by template: " + result.reasons());
      }
    }
    parts();
  }

  private record Result(
      double seconds,
      double cpuSeconds,
      long byModel,
      List<Long> latencies,
      Map<String, Integer> reasons) {}

  private static Result measure(EmailWriter writer, int emails)
      throws InterruptedException, ExecutionException {
    Semaphore places = new Semaphore(IN_FLIGHT + 100);
    ConcurrentLinkedQueue<WrittenEmail> written = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(emails);
    long started = System.nanoTime();
    long cpu = cpuNanos();
    for (int i = 0; i < emails; i++) {
      places.acquire();
      CompletableFuture<Void> unused =
          writer
              .write(Requests.ada())
              .thenAccept(
                  email -> {
                    written.add(email);
                    places.release();
                    done.countDown();
                  });
    }
    done.await();
    double seconds = (System.nanoTime() - started) / 1e9;
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    Map<String, Integer> reasons = new TreeMap<>();
    written.stream()
        .map(WrittenEmail::fallbackReason)
        .filter(reason -> reason != null)
        .forEach(reason -> reasons.merge(reason, 1, Integer::sum));
    long byModel = written.stream().filter(e -> e.generatedBy().equals(WrittenEmail.LLM)).count();
    List<Long> latencies = written.stream().map(WrittenEmail::latencyMs).sorted().toList();
    return new Result(seconds, cpuSeconds, byModel, latencies, reasons);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** What the work besides the waiting consists of. */
  private static void parts() throws Exception {
    EmailRequest request = Requests.ada();
    Brief brief = Brief.of(request, Requests.SHOP.shopName());
    DraftSchema schema = new DraftSchema();
    String text = Completions.draft().toString();
    byte[] answer = Completions.completion(text).getBytes(StandardCharsets.UTF_8);
    Draft draft = Draft.of(DraftSchema.parse(text));
    Letter letter = DraftChecks.judge(draft, brief).letter();
    Layout layout = new Layout(Requests.SHOP);
    Prompt prompt = Prompt.find(Variant.WINBACK);
    AtomicLong sink = new AtomicLong();
    List<String> lines = new ArrayList<>();
    lines.add(
        time(
            "facts and prompt",
            () -> sink.addAndGet(prompt.user(Brief.of(request, "x")).length())));
    lines.add(time("parse", () -> sink.addAndGet(Reply.answered(answer).json().size())));
    var json = DraftSchema.parse(text);
    lines.add(time("schema", () -> sink.addAndGet(schema.errors(json).length())));
    lines.add(
        time("checks", () -> sink.addAndGet(DraftChecks.judge(draft, brief).checks().size())));
    lines.add(time("layout", () -> sink.addAndGet(layout.compose("e", letter).html().length())));
    System.out.println("of that, in one thread: " + String.join(", ", lines));
  }

  private interface Part {
    void run() throws Exception;
  }

  private static String time(String name, Part part) throws Exception {
    int rounds = 3_000;
    long[] times = new long[5];
    for (int i = 0; i < times.length; i++) {
      long started = System.nanoTime();
      for (int j = 0; j < rounds; j++) {
        part.run();
      }
      times[i] = (System.nanoTime() - started) / rounds;
    }
    Arrays.sort(times);
    return "%s %.0f µs".formatted(name, times[0] / 1e3);
  }
}
