package io.rekindle.email;

import java.util.concurrent.CompletableFuture;

/** Writes an email from what is known about a user. Implementations are thread-safe. */
public interface EmailWriter {

  /**
   * Starts to write; never blocks the caller.
   *
   * @return completes with an email, or exceptionally with the reason that there is none; never
   *     with null
   */
  CompletableFuture<Email> write(EmailFacts facts);
}
