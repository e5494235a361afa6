package io.rekindle.local.server;

import io.rekindle.local.process.ProcessSpec;
import java.io.IOException;

/** A server of the stack, with its process and its health check. */
public interface Server {

  ProcessSpec process();

  /**
   * Checks the server with a small request.
   *
   * @throws IOException if the answer is not as expected; the message has the reason
   */
  void check() throws IOException;
}
