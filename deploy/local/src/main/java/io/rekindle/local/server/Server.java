package io.rekindle.local.server;

import io.rekindle.local.process.ProcessSpec;
import java.io.IOException;

/** A server of the stack: how to run it, and how to tell that it works. */
public interface Server {

  ProcessSpec process();

  /**
   * Asks the server for something small.
   *
   * @throws IOException if it does not answer as it should; says why
   */
  void check() throws IOException;
}
