package io.rekindle.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

/** Viewers who open page after page of a dashboard. Measures the time of each kind of answer. */
final class Viewers {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** The pause between tries, by the dashboard's limit per account. */
  private static final Duration SIGN_IN_PAUSE = Duration.ofSeconds(7);

  private static final Duration PREVIEW_POLL = Duration.ofMillis(200);
  private static final Duration STATISTICS_POLL = Duration.ofMillis(500);
  private static final Duration FIRST_COUNT = Duration.ofMinutes(10);

  static final long SEED = 20;

  static final int REQUESTS_OF_A_PAGE = 3;

  /** The link to the next part of a list. */
  private static final String CURSOR = "nextCursor";

  private final String url;
  private final Map<String, Function<Random, String>> kinds = new LinkedHashMap<>();
  private final Map<String, ConcurrentLinkedQueue<Long>> nanos = new LinkedHashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  private String csrfToken;

  private Viewers(String url) {
    this.url = url;
  }

  /**
   * Signs viewers in with one shared account.
   *
   * @param url of the dashboard
   */
  static Viewers signIn(String url, Account account) throws IOException, InterruptedException {
    Viewers viewers = new Viewers(url);
    ObjectNode body =
        JSON.createObjectNode().put("email", account.user()).put("password", account.password());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/api/session"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    // A new dashboard answers before it has created its first account.
    byte[] session = viewers.sendUntil(201, 401, request, TIMEOUT, SIGN_IN_PAUSE);
    viewers.csrfToken = JSON.readTree(session).path("csrfToken").textValue();
    return viewers;
  }

  /** Waits until a statistic is computed once. Requests before that receive none. */
  void awaitStatistic(String path) throws IOException, InterruptedException {
    sendUntil(200, 503, request(path).build(), FIRST_COUNT, STATISTICS_POLL);
  }

  /** Repeats a request while its answer has a passing status, and returns the last answer. */
  private byte[] sendUntil(
      int expected, int passing, HttpRequest request, Duration limit, Duration pause)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    while (response.statusCode() == passing && System.nanoTime() - deadline < 0) {
      Thread.sleep(pause.toMillis());
      response = client.send(request, BodyHandlers.ofByteArray());
    }
    return body(request.uri().getPath(), expected, response);
  }

  /**
   * Adds a kind of request. If its answers are parts of a list, every second viewer also requests
   * the next part.
   *
   * @param path function that returns a random path and query
   */
  Viewers addRequest(String kind, Function<Random, String> path) {
    kinds.put(kind, path);
    nanos.put(kind, new ConcurrentLinkedQueue<>());
    return this;
  }

  /**
   * The result of a measurement.
   *
   * @param all times of all kinds together
   * @param answersPerSecond answers per second of all viewers together
   */
  record Measured(Map<String, Percentiles> byKind, Percentiles all, double answersPerSecond) {}

  /**
   * Runs a number of viewers for a time and returns the times of each kind of answer. Each page
   * sends {@value #REQUESTS_OF_A_PAGE} requests at once.
   *
   * @param pause average pause of a viewer before the next page; exponentially distributed
   */
  Measured measure(int people, Duration pause, Duration duration)
      throws InterruptedException, ExecutionException {
    nanos.values().forEach(ConcurrentLinkedQueue::clear);
    long begin = System.nanoTime();
    run(people, pause, begin + duration.toNanos());
    double seconds = (System.nanoTime() - begin) / 1e9;
    Map<String, Percentiles> byKind = new LinkedHashMap<>();
    nanos.forEach(
        (kind, times) -> {
          if (!times.isEmpty()) {
            byKind.put(kind, percentiles(times.stream()));
          }
        });
    Percentiles all = percentiles(nanos.values().stream().flatMap(ConcurrentLinkedQueue::stream));
    return new Measured(byKind, all, all.count() / seconds);
  }

  private static Percentiles percentiles(Stream<Long> times) {
    return new Percentiles(times.mapToLong(Long::longValue).toArray());
  }

  private void run(int people, Duration pause, long end)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(people);
    // Consecutive seeds give nearly equal first numbers, so that all viewers would begin at once.
    SplittableRandom seeds = new SplittableRandom(SEED);
    try {
      List<Future<?>> looking = new ArrayList<>();
      for (int person = 0; person < people; person++) {
        Random random = new Random(seeds.nextLong());
        boolean turnsPages = person % 2 == 1;
        looking.add(
            threads.submit(
                () -> {
                  Iterator<String> kinds = Collections.emptyIterator();
                  while (pauseBetweenPages(pause, random, end)) {
                    List<CompletableFuture<?>> page = new ArrayList<>();
                    while (page.size() < REQUESTS_OF_A_PAGE) {
                      kinds = kinds.hasNext() ? kinds : shuffled(random);
                      page.add(open(kinds.next(), random, turnsPages));
                    }
                    CompletableFuture.allOf(page.toArray(CompletableFuture[]::new)).get();
                  }
                  return null;
                }));
      }
      for (Future<?> one : looking) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
      threads.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  /** Returns whether the viewer continues. */
  private static boolean pauseBetweenPages(Duration pause, Random random, long end) {
    long until = System.nanoTime() + (long) (-Math.log(1 - random.nextDouble()) * pause.toNanos());
    while (System.nanoTime() < Math.min(until, end)) {
      LockSupport.parkNanos(Math.min(until, end) - System.nanoTime());
    }
    return System.nanoTime() < end;
  }

  private Iterator<String> shuffled(Random random) {
    List<String> order = new ArrayList<>(kinds.keySet());
    Collections.shuffle(order, random);
    return order.iterator();
  }

  private CompletableFuture<?> open(String kind, Random random, boolean turnsPages) {
    String path = kinds.get(kind).apply(random);
    CompletableFuture<byte[]> first = ask(kind, path);
    return turnsPages ? first.thenCompose(answer -> next(kind, path, answer)) : first;
  }

  /** Returns the path of the next part of a list, if there is one. */
  private CompletableFuture<byte[]> next(String kind, String path, byte[] answer) {
    String cursor = null;
    if (answer.length > 0 && answer[0] == '{') {
      try {
        cursor = JSON.readTree(answer).path(CURSOR).textValue();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return cursor == null
        ? CompletableFuture.completedFuture(answer)
        : ask(
            kind,
            path
                + (path.contains("?") ? "&" : "?")
                + "cursor="
                + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
  }

  private CompletableFuture<byte[]> ask(String kind, String path) {
    HttpRequest request = request(path).GET().build();
    long begin = System.nanoTime();
    return client
        .sendAsync(request, BodyHandlers.ofByteArray())
        .thenApply(
            response -> {
              nanos.get(kind).add(System.nanoTime() - begin);
              return body(path, 200, response);
            });
  }

  /**
   * Compares a policy with the one in force over all clients.
   *
   * @param document of the policy, JSON
   * @return the duration
   */
  Duration preview(String document, Progress progress) throws IOException, InterruptedException {
    ObjectNode asked = JSON.createObjectNode();
    asked.set("document", JSON.readTree(document));
    long begin = System.nanoTime();
    JsonNode preview =
        JSON.readTree(send("/api/policy-previews", 202, BodyPublishers.ofString(asked.toString())));
    String path = "/api/policy-previews/" + preview.path("previewId").textValue();
    while (preview.path("finishedAt").isNull() || preview.path("finishedAt").isMissingNode()) {
      LockSupport.parkNanos(PREVIEW_POLL.toNanos());
      preview =
          JSON.readTree(
              body(path, 200, client.send(request(path).build(), BodyHandlers.ofByteArray())));
      progress.count(
          "previewing a policy",
          preview.path("usersDone").longValue(),
          preview.path("usersTotal").longValue());
    }
    if (!preview.path("state").asText().equals("DONE")) {
      throw new Failure("the preview ended as " + preview.path("state").asText());
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private byte[] send(String path, int expected, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .header("X-CSRF-Token", csrfToken)
            .POST(body)
            .build();
    return body(path, expected, client.send(request, BodyHandlers.ofByteArray()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
  }

  private static byte[] body(String path, int expected, HttpResponse<byte[]> response) {
    if (response.statusCode() != expected) {
      throw new Failure(
          "%s answered %d: %s"
              .formatted(
                  path,
                  response.statusCode(),
                  new String(response.body(), StandardCharsets.UTF_8)
                      .lines()
                      .findFirst()
                      .orElse("")));
    }
    return response.body();
  }
}
