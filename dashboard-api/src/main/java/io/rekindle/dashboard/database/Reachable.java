package io.rekindle.dashboard.database;

/**
 * Whether a client can be written to at all, in SQL about {@code shop.users u}, as the job has it.
 */
public final class Reachable {

  /** True if there is anything to send to. */
  public static final String HAS_ADDRESS = "coalesce(position('@' in u.email), 0) > 1";

  /** A join after that of the client: {@code x.user_id} is null unless nobody may write. */
  public static final String SUPPRESSION =
      """
      left join engagement.suppressions x on x.user_id = u.user_id
        and (x.address is null or lower(x.address) = lower(u.email))""";

  private Reachable() {}
}
