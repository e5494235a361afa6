package io.rekindle.email.llm;

import java.util.concurrent.ScheduledExecutorService;

/**
 * The model's API as one writer uses it.
 *
 * @param client sends the requests
 * @param gate bounds the requests
 * @param forms knows how the API takes requests
 * @param timer repeats requests after a pause, and ends emails at their deadline
 */
record LlmEndpoint(
    LlmSettings settings,
    ChatClient client,
    LlmGate gate,
    RequestForms forms,
    ScheduledExecutorService timer)
    implements AutoCloseable {

  @Override
  public void close() {
    client.close();
    timer.shutdownNow();
  }
}
