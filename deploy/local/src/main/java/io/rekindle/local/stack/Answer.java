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
   * Asks in the background. A daemon thread keeps waiting for a late answer.
   *
   * @param timeout the time after which the part counts as silent
   */
  static <T> CompletableFuture<Answer<T>> to(Question<T> question, Duration timeout) {
    return to(question, SLOW_AFTER, timeout);
  }

  static <T> CompletableFuture<Answer<T>> to(
      Question<T> question, Duration slowAfter, Duration timeout) {
    long askedAt = System.nanoTime();
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                T value = question.ask();
                Duration took = Duration.ofNanos(System.nanoTime() - askedAt);
                return took.compareTo(slowAfter) <= 0
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
