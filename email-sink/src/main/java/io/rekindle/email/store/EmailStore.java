package io.rekindle.email.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.WrittenEmail;
import io.rekindle.platform.jdbc.DatabaseRetry;
import io.rekindle.platform.jdbc.TransientFailure;
import io.rekindle.platform.jdbc.UnnestColumns;
import io.rekindle.platform.rest.Backoff;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/**
 * Emails in {@code engagement.emails}, one per episode: the first text wins.
 *
 * <p>Every call returns a future. A few threads with a connection each execute the waiting emails
 * in one statement per kind. One round trip and one commit thus serve many emails. While the
 * database is away, they repeat the statement until a limit that covers a restart. If the database
 * refuses a statement because of one row, only that row fails.
 *
 * <p>Callers bound what waits here: each has a future per email under way. Thread-safe.
 */
public final class EmailStore implements AutoCloseable {

  private static final int MAX_BATCH = 200;
  private static final int NETWORK_TIMEOUT_MS = 15_000;
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

  private static final String FIND =
      "select episode_id from engagement.emails where episode_id = any (?)";

  private static final String MAY_CONTACT =
      "select engagement.contactable_episodes(?, ?, ?, ? * interval '1 millisecond')";

  private static final String TOTAL =
      "select coalesce(sum(cost_usd), 0) from engagement.emails where generated_at >= ?";

  /**
   * Without a conflict target: email_id is unique as well, and of two inserts at the same time one
   * would otherwise fail by it.
   */
  private static final String INSERT =
      "insert into engagement.emails (email_id, episode_id, decision_id, user_id, subject,"
          + " preheader, html, text, status, generated_by, fallback_reason, model_asked, model,"
          + " prompt_version, schema_version, prompt_tokens, completion_tokens, cost_usd,"
          + " latency_ms, calls, checks, experiment_id, variant, engagement_score_at_time)"
          + " select e.email_id, e.episode_id, e.episode_id, e.user_id, e.subject, e.preheader,"
          + " e.html, e.text, 'READY', e.generated_by, e.fallback_reason, e.model_asked, e.model,"
          + " e.prompt_version, e.schema_version, e.prompt_tokens, e.completion_tokens, e.cost_usd,"
          + " e.latency_ms, e.calls, e.checks::jsonb, e.experiment_id, e.variant, e.score"
          + " from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
          + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
          + " ?::int[], ?::int[], ?::numeric[], ?::bigint[], ?::int[], ?::text[], ?::text[],"
          + " ?::text[], ?::numeric[]) as e (email_id, episode_id, user_id, subject, preheader,"
          + " html, text, generated_by, fallback_reason, model_asked, model, prompt_version,"
          + " schema_version, prompt_tokens, completion_tokens, cost_usd, latency_ms, calls, checks,"
          + " experiment_id, variant, score)"
          + " on conflict do nothing returning episode_id";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Connections connections;
  private final DatabaseRetry retry;
  private final Duration expiry;
  private final BlockingQueue<Task> waiting = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /**
   * @param connections opens one for each thread, and another when one has broken
   * @param parallelism threads and connections
   * @param retryFor how long a task is tried again while the database is away, from its first try
   * @param expiry age of the decision at which the sender cancels an email
   */
  public EmailStore(Connections connections, int parallelism, Duration retryFor, Duration expiry) {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism is less than 1");
    }
    this.connections = connections;
    this.retry = new DatabaseRetry(PAUSES, retryFor);
    this.expiry = expiry;
    for (int i = 0; i < parallelism; i++) {
      Thread thread = new Thread(this::work, "email-store-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** Whether the episode has an email, be it of an earlier run. */
  public CompletableFuture<Boolean> exists(String episodeId) {
    return submit(new Lookup(episodeId, new CompletableFuture<>()));
  }

  /**
   * Whether the user may still be contacted, and a model be given the facts. The SQL function
   * {@code contact_obstacle} decides it, and the episode must not be decided otherwise. Both may
   * change while a request waits.
   */
  public CompletableFuture<Boolean> mayContact(String episodeId, String userId, Instant decidedAt) {
    return submit(new ContactCheck(episodeId, userId, decidedAt, new CompletableFuture<>()));
  }

  /**
   * Stores an email as READY to be sent, unless the episode has one.
   *
   * @param experimentId null outside experiments
   * @param score of the user when it was decided to write; null if unknown
   * @return false if a row was there, which after a lost connection may be this very one;
   *     exceptionally if the database refused it or was away for too long
   */
  public CompletableFuture<Boolean> insert(
      EmailRequest request, WrittenEmail written, String experimentId, BigDecimal score) {
    return submit(
        new Insert(
            request,
            written,
            experimentId,
            score,
            checks(written.checks()),
            new CompletableFuture<>()));
  }

  /** What all emails written since then have cost, in USD, as far as it is known. */
  public CompletableFuture<BigDecimal> costSince(Instant since) {
    Sum sum = new Sum(since, new CompletableFuture<>());
    add(sum);
    return sum.done();
  }

  /** What all emails written in this UTC day have cost, in USD, as far as it is known. */
  public CompletableFuture<BigDecimal> costToday() {
    return costSince(Instant.now().truncatedTo(ChronoUnit.DAYS));
  }

  /** What waits or is under way ends with a {@link CancellationException}. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(NETWORK_TIMEOUT_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    cancelWaiting();
  }

  private CompletableFuture<Boolean> submit(EpisodeTask task) {
    add(task);
    return task.done();
  }

  private void add(Task task) {
    waiting.add(task);
    if (closed) {
      cancelWaiting();
    }
  }

  private void cancelWaiting() {
    for (Task task = waiting.poll(); task != null; task = waiting.poll()) {
      task.done().completeExceptionally(new CancellationException("the store is closed"));
    }
  }

  private void work() {
    try (Session session = new Session()) {
      List<Task> batch = new ArrayList<>(MAX_BATCH);
      while (!closed) {
        batch.add(waiting.take());
        waiting.drainTo(batch, MAX_BATCH - 1);
        List<Lookup> lookups = new ArrayList<>();
        List<ContactCheck> contactChecks = new ArrayList<>();
        List<Insert> inserts = new ArrayList<>();
        for (Task task : batch) {
          if (task instanceof Lookup lookup) {
            lookups.add(lookup);
          } else if (task instanceof ContactCheck check) {
            contactChecks.add(check);
          } else if (task instanceof Insert insert) {
            inserts.add(insert);
          } else if (task instanceof Sum sum) {
            executeBatch(session, List.of(sum), EmailStore::total, EmailStore::answer);
          }
        }
        batch.clear();
        executeBatch(session, lookups, EmailStore::find, EmailStore::answerAll);
        executeBatch(session, contactChecks, this::contactable, EmailStore::answerAll);
        executeBatch(session, inserts, EmailStore::store, EmailStore::answerFirst);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed: the thread ends.
    }
  }

  private <T extends Task, R> void executeBatch(
      Session session,
      List<T> tasks,
      BatchStatement<T, R> statement,
      BiConsumer<List<T>, R> answer) {
    if (tasks.isEmpty()) {
      return;
    }
    try {
      answer.accept(tasks, attempt(session, tasks, statement));
    } catch (SQLException e) {
      if (tasks.size() == 1 || TransientFailure.is(e)) {
        tasks.forEach(task -> task.done().completeExceptionally(e));
      } else {
        tasks.forEach(task -> executeBatch(session, List.of(task), statement, answer));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("the store is closed");
      tasks.forEach(task -> task.done().completeExceptionally(cancelled));
    }
  }

  private static void answer(List<Sum> sums, BigDecimal total) {
    sums.forEach(sum -> sum.done().complete(total));
  }

  private static <T extends EpisodeTask> void answerAll(List<T> questions, Set<String> found) {
    questions.forEach(question -> question.done().complete(found.contains(question.episodeId())));
  }

  /** Of several for one episode in a batch the first has been stored. */
  private static void answerFirst(List<Insert> inserts, Set<String> stored) {
    inserts.forEach(insert -> insert.done().complete(stored.remove(insert.episodeId())));
  }

  private <T extends Task, R> R attempt(
      Session session, List<T> tasks, BatchStatement<T, R> statement)
      throws SQLException, InterruptedException {
    return retry.execute(
        () -> {
          try {
            return statement.execute(session.connection(), tasks);
          } catch (SQLException e) {
            session.discard();
            throw e;
          }
        },
        (failure, pause) -> {
          if (closed) {
            throw new InterruptedException();
          }
          Thread.sleep(pause.toMillis());
          return true;
        });
  }

  private static BigDecimal total(Connection connection, List<Sum> sums) throws SQLException {
    try (PreparedStatement total = connection.prepareStatement(TOTAL)) {
      total.setObject(1, sums.get(0).since().atOffset(ZoneOffset.UTC));
      try (ResultSet row = total.executeQuery()) {
        row.next();
        return row.getBigDecimal(1);
      }
    }
  }

  private static Set<String> find(Connection connection, List<Lookup> tasks) throws SQLException {
    Object[] episodes = tasks.stream().map(Lookup::episodeId).distinct().toArray();
    Array array = connection.createArrayOf("text", episodes);
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setArray(1, array);
      return strings(find);
    }
  }

  private Set<String> contactable(Connection connection, List<ContactCheck> tasks)
      throws SQLException {
    Object[] episodes = tasks.stream().map(ContactCheck::episodeId).toArray();
    Object[] users = tasks.stream().map(ContactCheck::userId).toArray();
    Object[] decided = tasks.stream().map(ContactCheck::decidedAt).map(Instant::toString).toArray();
    try (PreparedStatement check = connection.prepareStatement(MAY_CONTACT)) {
      check.setArray(1, connection.createArrayOf("text", episodes));
      check.setArray(2, connection.createArrayOf("text", users));
      check.setArray(3, connection.createArrayOf("timestamptz", decided));
      check.setLong(4, expiry.toMillis());
      return strings(check);
    }
  }

  private static Set<String> store(Connection connection, List<Insert> tasks) throws SQLException {
    Map<String, Insert> first = new LinkedHashMap<>();
    tasks.forEach(task -> first.putIfAbsent(task.episodeId(), task));
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      new UnnestColumns<>(connection, insert, first.values())
          .text(row -> row.request.emailId())
          .text(row -> row.request.episodeId())
          .text(row -> row.request.facts().userId())
          .text(row -> row.written.email().subject())
          .text(row -> row.written.email().preheader())
          .text(row -> row.written.email().html())
          .text(row -> row.written.email().text())
          .text(row -> row.written.generatedBy())
          .text(row -> row.written.fallbackReason())
          .text(row -> row.written.modelAsked())
          .text(row -> withoutNul(row.written.model()))
          .text(row -> row.written.promptVersion())
          .text(row -> row.written.schemaVersion())
          .integer(row -> row.written.promptTokens())
          .integer(row -> row.written.completionTokens())
          .numeric(row -> row.written.costUsd())
          .bigint(row -> row.written.latencyMs())
          .integer(row -> row.written.calls())
          .text(row -> row.checks)
          .text(row -> row.experimentId)
          .text(row -> row.request.variant().name())
          .numeric(row -> row.score);
      return strings(insert);
    }
  }

  private static Set<String> strings(PreparedStatement statement) throws SQLException {
    Set<String> found = new HashSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private static String checks(List<CheckResult> checks) {
    List<CheckResult> storable =
        checks.stream()
            .map(check -> new CheckResult(check.name(), check.passed(), withoutNul(check.detail())))
            .toList();
    try {
      return JSON.writeValueAsString(storable);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts is JSON", e);
    }
  }

  /** Postgres stores none, neither in text nor in JSON. */
  private static String withoutNul(String text) {
    return text == null ? null : text.replace("\0", "");
  }

  /** Opens connections to the database, in autocommit mode, as a role that may insert emails. */
  @FunctionalInterface
  public interface Connections {
    Connection open() throws SQLException;
  }

  @FunctionalInterface
  private interface BatchStatement<T, R> {
    R execute(Connection connection, List<T> tasks) throws SQLException;
  }

  private interface Task {
    CompletableFuture<?> done();
  }

  private interface EpisodeTask extends Task {
    @Override
    CompletableFuture<Boolean> done();

    String episodeId();
  }

  private record Sum(Instant since, CompletableFuture<BigDecimal> done) implements Task {}

  private record ContactCheck(
      String episodeId, String userId, Instant decidedAt, CompletableFuture<Boolean> done)
      implements EpisodeTask {}

  private record Lookup(String episodeId, CompletableFuture<Boolean> done) implements EpisodeTask {}

  private record Insert(
      EmailRequest request,
      WrittenEmail written,
      String experimentId,
      BigDecimal score,
      String checks,
      CompletableFuture<Boolean> done)
      implements EpisodeTask {

    @Override
    public String episodeId() {
      return request.episodeId();
    }
  }

  /** A thread's connection, opened when needed. */
  private final class Session implements AutoCloseable {

    private Connection connection;

    Connection connection() throws SQLException {
      if (connection == null) {
        connection = connections.open();
        // A server that is gone without a word must not hold the thread for ever.
        connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MS);
      }
      return connection;
    }

    void discard() {
      Connection broken = connection;
      connection = null;
      if (broken != null) {
        try {
          broken.close();
        } catch (SQLException e) {
          // It is given up because of another fault, which the caller reports.
        }
      }
    }

    @Override
    public void close() {
      discard();
    }
  }
}
