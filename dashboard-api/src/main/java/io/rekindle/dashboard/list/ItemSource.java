package io.rekindle.dashboard.list;

import org.jdbi.v3.core.Handle;

/** All items of a list in the database. */
@FunctionalInterface
public interface ItemSource<T> {

  /** Hands over every item, in the list's order; to be called in a transaction. */
  void forEach(Handle handle, ItemConsumer<T> consumer) throws Exception;
}
