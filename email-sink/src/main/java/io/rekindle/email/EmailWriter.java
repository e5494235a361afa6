package io.rekindle.email;

import java.util.concurrent.CompletableFuture;

/** Writes an email from what is known about a user. Implementations are thread-safe. */
public interface EmailWriter extends AutoCloseable {

  /**
   * Starts to write; never blocks the caller.
   *
   * @return always completes with an email, unless the writer is closed before: then with a {@link
   *     java.util.concurrent.CancellationException}, since no text should be chosen during shutdown
   */
  CompletableFuture<WrittenEmail> write(EmailRequest request);

  /** Ends what is under way and gives back what it holds. Has no effect the second time. */
  @Override
  void close();
}
