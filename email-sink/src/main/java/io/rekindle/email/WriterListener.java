package io.rekindle.email;

/** Gets the events of a writer, for metrics. Any thread may call it; it must not block or throw. */
public interface WriterListener {

  /** Ignores all events. */
  WriterListener NONE = new WriterListener() {};

  /**
   * A request to the model has ended.
   *
   * @param outcome {@code OK} for an answer, or a machine code such as {@code HTTP_503}
   */
  default void called(String outcome, long latencyMs) {}

  /**
   * A part of the form of requests is settled, or was changed because the API refused it.
   *
   * @param part structuredOutput, tokenLimit or instructions
   * @param number 0 for what is asked for first, 1 and more for what is asked for instead
   */
  default void requestForm(String part, int number) {}

  /** An email is done. */
  default void written(WrittenEmail email) {}

  /**
   * The circuit breaker has changed.
   *
   * @param state CLOSED, OPEN or HALF_OPEN
   */
  default void breaker(String state) {}
}
