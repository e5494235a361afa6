package io.rekindle.email;

import java.util.concurrent.CompletableFuture;

/** Writes an email from the facts about a user. Implementations are thread-safe. */
public interface EmailWriter extends AutoCloseable {

  /**
   * Starts to write; never blocks the caller.
   *
   * @return completes with an email, or with a {@link java.util.concurrent.CancellationException}
   *     if the writer is closed before, since shutdown must not choose a text
   */
  CompletableFuture<WrittenEmail> write(EmailRequest request);

  /** Cancels all emails under way and frees all resources. Has no effect the second time. */
  @Override
  void close();
}
