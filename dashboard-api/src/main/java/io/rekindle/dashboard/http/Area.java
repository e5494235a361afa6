package io.rekindle.dashboard.http;

/** A part of the dashboard with addresses of its own. */
@FunctionalInterface
public interface Area {

  /** Adds the area's addresses, each with those who may use it. */
  void register(Router router);
}
