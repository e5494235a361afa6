package io.rekindle.dashboard.access;

/** The rights of an account; each role has all rights of the roles before it. */
public enum Role {
  /** Sees everything but settings. */
  VIEWER,
  /** Also records clients and orders, suppresses clients, and drafts policies. */
  ANALYST,
  /** Also changes how the pipeline scores and writes, erases people, and grants access. */
  ADMIN;

  /** Whether this role may do what {@code least} may. */
  public boolean covers(Role least) {
    return compareTo(least) >= 0;
  }
}
