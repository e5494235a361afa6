package io.rekindle.dashboard.web;

/** The routes of one feature. */
@FunctionalInterface
public interface Routes {

  /** Adds the routes to the router, each with its access rule. */
  void register(Router router);
}
