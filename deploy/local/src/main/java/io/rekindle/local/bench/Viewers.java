package io.rekindle.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.local.Failure;
import io.rekindle.local.Progress;
import io.rekindle.local.stack.StackInfo.Account;
import java.io.IOException;
import java.net.CookieManager;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * People who look at a dashboard, each with one request after another under way, and how long they
 * wait for each kind of answer.
 */
final class Viewers {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** No more often than the dashboard lets one account try. */
  private static final Duration SIGN_IN_PAUSE = Duration.ofSeconds(7);

  private static final long SEED = 20;

  /** The part of a list that comes after the one in the answer. */
  private static final String CURSOR = "nextCursor";

  private final String url;
  private final Map<String, Function<Random, String>> kinds = new LinkedHashMap<>();
  private final Map<String, ConcurrentLinkedQueue<Long>> nanos = new LinkedHashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  private Viewers(String url) {
    this.url = url;
  }

  /**
   * People who share an account.
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
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> response = viewers.client.send(request, BodyHandlers.ofString());
    // A dashboard that has just started answers before it has made its first account.
    while (response.statusCode() == 401 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(SIGN_IN_PAUSE.toNanos());
      response = viewers.client.send(request, BodyHandlers.ofString());
    }
    if (response.statusCode() != 201) {
      throw new Failure("the dashboard does not let us in: " + response.body());
    }
    return viewers;
  }

  /**
   * Adds a kind of request. If its answers are parts of a list, every second viewer asks for the
   * next part, too.
   *
   * @param path path and query, of something chosen by chance
   */
  Viewers looksAt(String kind, Function<Random, String> path) {
    kinds.put(kind, path);
    nanos.put(kind, new ConcurrentLinkedQueue<>());
    return this;
  }

  /**
   * Has so many people look at everything again and again, and returns how long each kind of answer
   * took.
   *
   * @param warmUp how long they look before it counts
   */
  Map<String, Percentiles> look(int people, Duration warmUp, Duration duration, Progress progress)
      throws InterruptedException, ExecutionException {
    progress.step("%d viewers warm up".formatted(people));
    run(people, warmUp);
    nanos.values().forEach(ConcurrentLinkedQueue::clear);
    progress.step("%d viewers look".formatted(people));
    run(people, duration);
    Map<String, Percentiles> measured = new LinkedHashMap<>();
    nanos.forEach(
        (kind, times) -> {
          if (!times.isEmpty()) {
            measured.put(
                kind, new Percentiles(times.stream().mapToLong(Long::longValue).toArray()));
          }
        });
    return measured;
  }

  private void run(int people, Duration duration) throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + duration.toNanos();
    ExecutorService threads = Executors.newFixedThreadPool(people);
    try {
      List<Future<?>> looking = new ArrayList<>();
      for (int person = 0; person < people; person++) {
        Random random = new Random(SEED + person);
        boolean turnsPages = person % 2 == 1;
        looking.add(
            threads.submit(
                () -> {
                  while (System.nanoTime() < end) {
                    lookAtEverything(random, turnsPages, end);
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

  private void lookAtEverything(Random random, boolean turnsPages, long end)
      throws IOException, InterruptedException {
    List<String> order = new ArrayList<>(kinds.keySet());
    Collections.shuffle(order, random);
    for (String kind : order) {
      if (System.nanoTime() >= end) {
        return;
      }
      String path = kinds.get(kind).apply(random);
      byte[] answer = ask(kind, path);
      JsonNode next =
          turnsPages && answer.length > 0 && answer[0] == '{'
              ? JSON.readTree(answer).path(CURSOR)
              : null;
      if (next != null && next.isTextual()) {
        String cursor = URLEncoder.encode(next.textValue(), StandardCharsets.UTF_8);
        ask(kind, path + (path.contains("?") ? "&" : "?") + "cursor=" + cursor);
      }
    }
  }

  private byte[] ask(String kind, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).build();
    long begin = System.nanoTime();
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    nanos.get(kind).add(System.nanoTime() - begin);
    if (response.statusCode() != 200) {
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
