package io.rekindle.email;

/** Hears what a writer does, for metrics. Called from any thread; must neither block nor throw. */
public interface WriterListener {

  /** Hears nothing. */
  WriterListener NONE = new WriterListener() {};

  /**
   * A request to the model has come to its end.
   *
   * @param outcome {@code OK} for an answer, or a machine code such as {@code HTTP_503}
   */
  default void called(String outcome, long latencyMs) {}

  /** An email is done; says who wrote it and why, tokens, cost and time. */
  default void written(WrittenEmail email) {}

  /**
   * The circuit breaker has changed.
   *
   * @param state CLOSED, OPEN or HALF_OPEN
   */
  default void breaker(String state) {}
}
