package io.rekindle.email.llm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.connectors.schema.Migrations;
import io.rekindle.email.Completions;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.check.DraftChecks;
import io.rekindle.email.check.LlmDraft;
import io.rekindle.email.check.PromptInput;
import io.rekindle.email.compose.EmailContent;
import io.rekindle.email.compose.Layout;
import io.rekindle.email.store.EmailStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * How many emails one writer makes per second when every answer takes a second and 1,000 requests
 * may be in flight: by itself, and as the job uses it, each email looked up first and stored in a
 * real Postgres. The model's server is a process of its own. {@code mvn -pl email-sink test-compile
 * exec:exec@writer-benchmark}, with the modules before it installed.
 */
final class WriterBenchmark {

  private static final int IN_FLIGHT = 1_000;
  private static final int DELAY_MS = 1_000;
  private static final int WARM_UP = 8_000;
  private static final int EMAILS = 10_000;

  /** As the job has them. */
  private static final int STORE_CONNECTIONS = 2;

  private WriterBenchmark() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("server")) {
      serve();
      return;
    }
    Process server = startServer();
    try (EmbeddedPostgres postgres = startPostgres()) {
      int port = readPort(server);
      run("http://127.0.0.1:" + port + "/v1", postgres, server.toHandle());
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

  /** As the local stack configures it, with users and decisions for all episodes. */
  private static EmbeddedPostgres startPostgres() throws IOException, SQLException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
    Migrations.apply(postgres.getPostgresDatabase());
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into shop.users (user_id, email, marketing_consent) select 'u' || n,"
              + " 'u' || n || '@example.com', true from generate_series(1, "
              + (WARM_UP + EMAILS)
              + ") n");
      statement.execute(
          "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
              + " reason, decided_at, policy_version, inputs) select 'e' || n, 'e' || n, 'u' || n,"
              + " 'EMAIL', 'AT_RISK', now(), 'p', '{}' from generate_series(1, "
              + (WARM_UP + EMAILS)
              + ") n");
      statement.execute("analyze");
    }
    return postgres;
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

  private static void run(String url, EmbeddedPostgres postgres, ProcessHandle server)
      throws Exception {
    LlmSettings settings =
        EmailRequests.limits()
            .inFlight(IN_FLIGHT, IN_FLIGHT)
            .perMinute(10_000_000, 2_000_000_000)
            .budget("1000000")
            .within(Duration.ofSeconds(30), Duration.ofSeconds(60))
            .at(url);
    ProcessHandle database = postmaster(postgres);
    String jdbcUrl = postgres.getJdbcUrl("rekindle_pipeline", "postgres");
    try (LlmEmailWriter writer =
            new LlmEmailWriter(settings, EmailRequests.SHOP, BigDecimal.ZERO, WriterListener.NONE);
        EmailStore store =
            new EmailStore(
                () -> DriverManager.getConnection(jdbcUrl),
                STORE_CONNECTIONS,
                Duration.ofSeconds(10),
                Duration.ofDays(3))) {
      System.out.printf(
          "%d in flight, %d ms per answer, %d processors%n",
          IN_FLIGHT, DELAY_MS, Runtime.getRuntime().availableProcessors());
      measure(writer::write, 0, WARM_UP, server, database);
      Result alone = measure(writer::write, 0, EMAILS, server, database);
      System.out.println("writer alone:  " + alone);
      Function<EmailRequest, CompletableFuture<WrittenEmail>> stored =
          request -> lookUpWriteAndStore(store, writer, request);
      measure(stored, 0, WARM_UP, server, database);
      Result withStore = measure(stored, WARM_UP, EMAILS, server, database);
      System.out.println("with Postgres: " + withStore);
      System.out.printf("with Postgres / alone: %.2f%n", withStore.perSecond() / alone.perSecond());
    }
    parts();
  }

  /** What the job does with each. */
  private static CompletableFuture<WrittenEmail> lookUpWriteAndStore(
      EmailStore store, EmailWriter writer, EmailRequest request) {
    return store
        .exists(request.episodeId())
        .thenCompose(
            exists ->
                store.mayContact(request.episodeId(), request.facts().userId(), Instant.now()))
        .thenCompose(
            mayContact -> {
              if (!mayContact) {
                throw new IllegalStateException("nobody has withdrawn");
              }
              return writer.write(request);
            })
        .thenCompose(
            written ->
                store
                    .insert(request, written, "default", BigDecimal.TEN)
                    .thenApply(
                        outcome -> {
                          if (outcome != EmailStore.Outcome.WRITTEN) {
                            throw new IllegalStateException("each is written once");
                          }
                          return written;
                        }));
  }

  private static ProcessHandle postmaster(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow();
    }
  }

  private record Result(
      int emails,
      double seconds,
      Cpu cpu,
      long byModel,
      List<Long> latencies,
      Map<String, Integer> reasons) {

    double perSecond() {
      return emails / seconds;
    }

    @Override
    public String toString() {
      return "%.0f emails/s (%d of %d by the model%s), the model's part p50 %d ms, p99 %d ms; CPU per email: %s; %.2f processors in use"
          .formatted(
              perSecond(),
              byModel,
              emails,
              reasons.isEmpty() ? "" : ", else " + reasons,
              latencies.get(emails / 2),
              latencies.get(emails * 99 / 100),
              cpu.per(emails),
              cpu.seconds() / seconds);
    }
  }

  /** Processor time in seconds. */
  private record Cpu(double writer, double server, double database) {

    static Cpu now(ProcessHandle server, ProcessHandle database) {
      return new Cpu(
          of(ProcessHandle.current()),
          of(server),
          of(database) + database.descendants().mapToDouble(Cpu::of).sum());
    }

    private static double of(ProcessHandle process) {
      return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
    }

    Cpu minus(Cpu earlier) {
      return new Cpu(writer - earlier.writer, server - earlier.server, database - earlier.database);
    }

    double seconds() {
      return writer + server + database;
    }

    String per(int emails) {
      return "writer %.2f ms, database %.2f ms, model's server %.2f ms"
          .formatted(writer * 1e3 / emails, database * 1e3 / emails, server * 1e3 / emails);
    }
  }

  /**
   * @param first number of the episode before the first
   */
  private static Result measure(
      Function<EmailRequest, CompletableFuture<WrittenEmail>> write,
      int first,
      int emails,
      ProcessHandle server,
      ProcessHandle database)
      throws InterruptedException {
    Semaphore places = new Semaphore(2 * IN_FLIGHT);
    ConcurrentLinkedQueue<WrittenEmail> written = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(emails);
    Cpu before = Cpu.now(server, database);
    long started = System.nanoTime();
    for (int i = 1; i <= emails; i++) {
      places.acquire();
      CompletableFuture<WrittenEmail> unused =
          write
              .apply(request(first + i))
              .whenComplete(
                  (email, failure) -> {
                    if (failure == null) {
                      written.add(email);
                    } else {
                      failures.add(failure);
                    }
                    places.release();
                    done.countDown();
                  });
    }
    done.await();
    double seconds = (System.nanoTime() - started) / 1e9;
    Cpu cpu = Cpu.now(server, database).minus(before);
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.size() + " failed", failures.peek());
    }
    Map<String, Integer> reasons = new TreeMap<>();
    written.stream()
        .map(WrittenEmail::fallbackReason)
        .filter(reason -> reason != null)
        .forEach(reason -> reasons.merge(reason, 1, Integer::sum));
    long byModel = written.stream().filter(e -> e.generatedBy().equals(WrittenEmail.LLM)).count();
    List<Long> latencies = written.stream().map(WrittenEmail::latencyMs).sorted().toList();
    return new Result(emails, seconds, cpu, byModel, latencies, reasons);
  }

  private static EmailRequest request(int number) {
    EmailRequest ada = EmailRequests.ada();
    EmailFacts facts = ada.facts();
    return new EmailRequest(
        "e" + number,
        new EmailFacts(
            "u" + number,
            facts.name(),
            facts.lastOrderAt(),
            facts.orderCount(),
            facts.averageOrderValue(),
            facts.preferredCategories(),
            facts.locale(),
            facts.timeZone()),
        ada.variant());
  }

  /** What the work besides the waiting consists of. */
  private static void parts() throws Exception {
    EmailRequest request = EmailRequests.ada();
    PromptInput input = PromptInput.of(request, EmailRequests.SHOP.shopName());
    String text = Completions.draft().toString();
    byte[] answer = Completions.completion(text).getBytes(StandardCharsets.UTF_8);
    LlmDraft draft = LlmDraft.of(DraftText.parse(text));
    EmailContent content = DraftChecks.evaluate(draft, input).content();
    Layout layout = new Layout(EmailRequests.SHOP);
    Prompt prompt = Prompt.find(EmailRequests.WINBACK);
    AtomicLong sink = new AtomicLong();
    List<String> lines = new ArrayList<>();
    lines.add(
        time(
            "facts and prompt",
            () -> sink.addAndGet(prompt.user(PromptInput.of(request, "x")).length())));
    lines.add(
        time(
            "parse",
            () ->
                sink.addAndGet(
                    DraftText.parse(AnswerReader.read(answer, 1_200).content()).size())));
    var json = DraftText.parse(text);
    lines.add(time("schema", () -> sink.addAndGet(DraftSchema.errors(json).length())));
    lines.add(
        time("checks", () -> sink.addAndGet(DraftChecks.evaluate(draft, input).checks().size())));
    lines.add(time("layout", () -> sink.addAndGet(layout.compose("e", content).html().length())));
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
