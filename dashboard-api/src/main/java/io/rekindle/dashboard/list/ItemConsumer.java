package io.rekindle.dashboard.list;

/** Takes one item of a list. */
@FunctionalInterface
public interface ItemConsumer<T> {

  /** Is called once for each item, in the list's order. */
  void accept(T item) throws Exception;
}
