package io.rekindle.dashboard.clients;

import java.util.Map;
import java.util.Optional;

/** The filters that lists of clients know by a name. Thread-safe. */
@FunctionalInterface
public interface StoredFilters {

  /** The parameters of a filter; empty if there is none of that name. */
  Optional<Map<String, String>> byName(String name);
}
