package io.rekindle.dashboard.database;

import org.jdbi.v3.core.Handle;

/** A service's part of a transaction that its caller begins and ends. */
@FunctionalInterface
public interface Work<T> {

  /** Does the work; an exception rolls the transaction back. */
  T in(Handle handle);
}
