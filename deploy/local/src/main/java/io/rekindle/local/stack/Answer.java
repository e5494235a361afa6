package io.rekindle.local.stack;

import io.rekindle.local.stack.StackStatus.Health;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The answer of one part of a stack.
 *
 * @param value null without an answer
 * @param health whether the answer came, and how
 * @param trouble why there is no answer; null with one
 * @param seconds the time until a slow answer; null for any other
 */
record Answer<T>(T value, Health health, String trouble, Double seconds) {

  /** An answer after this time is slow. A busy machine is slow, and nothing is broken. */
  private static final Duration SLOW_AFTER = Duration.ofSeconds(2);

  /** A question to one part of a stack. */
  interface Question<T> {
    T ask() throws IOException, SQLException, InterruptedException;
  }

  /** The answer of a part that cannot give one, such as one whose process has ended. */
  static <T> Answer<T> none(String trouble) {
    return new Answer<>(null, Health.DOWN, trouble, null);
  }

  boolean given() {
    return trouble == null;
  }

  /**
   * Asks in the background, and once more after a slow answer. The first time includes the start of
   * the command itself, which loads the classes of each client, so the second answer counts. A
   * daemon thread keeps waiting for a late answer.
   *
   * @param timeout the time after which the part counts as silent
   */
  static <T> CompletableFuture<Answer<T>> to(Question<T> question, Duration timeout) {
    return to(question, timeout, System::nanoTime);
  }

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  static <T> CompletableFuture<Answer<T>> to(
      Question<T> question, Duration timeout, LongSupplier nanoTime) {
    return once(question, timeout, nanoTime)
        .thenCompose(
            first ->
                first.health() == Health.SLOW
                    ? once(question, timeout, nanoTime)
                    : CompletableFuture.completedFuture(first));
  }

  private static <T> CompletableFuture<Answer<T>> once(
      Question<T> question, Duration timeout, LongSupplier nanoTime) {
    return CompletableFuture.supplyAsync(
            () -> {
              long askedAt = nanoTime.getAsLong();
              try {
                T value = question.ask();
                Duration took = Duration.ofNanos(nanoTime.getAsLong() - askedAt);
                return took.compareTo(SLOW_AFTER) <= 0
                    ? new Answer<>(value, Health.OK, null, null)
                    : new Answer<>(value, Health.SLOW, null, took.toMillis() / 1000.0);
              } catch (IOException | SQLException | RuntimeException e) {
                return Answer.<T>failed(e, timeout);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Answer.<T>none("interrupted");
              }
            },
            task -> {
              Thread thread = new Thread(task, "status");
              thread.setDaemon(true);
              thread.start();
            })
        .completeOnTimeout(silent(timeout), timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static <T> Answer<T> failed(Exception failure, Duration timeout) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return none("its port refuses connections");
      }
      if (cause instanceof HttpTimeoutException
          || cause instanceof SocketTimeoutException
          || cause instanceof TimeoutException) {
        return silent(timeout);
      }
    }
    return none(failure.getMessage() == null ? failure.toString() : failure.getMessage());
  }

  /** A process that runs and does not answer may be overloaded or hang. */
  private static <T> Answer<T> silent(Duration timeout) {
    String trouble = "no answer within %d s, although its process runs";
    return new Answer<>(null, Health.SILENT, trouble.formatted(timeout.toSeconds()), null);
  }
}
