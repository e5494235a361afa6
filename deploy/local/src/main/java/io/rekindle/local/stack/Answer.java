package io.rekindle.local.stack;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The answer of one part of a stack.
 *
 * @param value null without an answer
 * @param trouble why there is no answer; null with one
 */
record Answer<T>(T value, String trouble) {

  /**
   * The time after which a part counts as silent. On a busy machine, a program that has just
   * started takes a second or two.
   */
  static final int LIMIT_SECONDS = 5;

  /** A question to one part of a stack. */
  interface Question<T> {
    T ask() throws IOException, SQLException, InterruptedException;
  }

  boolean given() {
    return trouble == null;
  }

  /** Asks in the background. A daemon thread keeps waiting for a late answer. */
  static <T> CompletableFuture<Answer<T>> to(Question<T> question) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return new Answer<>(question.ask(), null);
              } catch (IOException | SQLException e) {
                return new Answer<T>(null, e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Answer<T>(null, "interrupted");
              }
            },
            task -> {
              Thread thread = new Thread(task, "status");
              thread.setDaemon(true);
              thread.start();
            })
        .completeOnTimeout(
            new Answer<>(null, "no answer within " + LIMIT_SECONDS + " s"),
            LIMIT_SECONDS,
            TimeUnit.SECONDS);
  }
}
