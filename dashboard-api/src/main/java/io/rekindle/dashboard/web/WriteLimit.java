package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.rekindle.dashboard.access.RateLimit;
import io.rekindle.dashboard.access.TooManyRequestsException;

/**
 * Limits what each account and key writes, and tells them how much is left. The headers are those
 * of the IETF's draft "RateLimit header fields for HTTP".
 */
public final class WriteLimit {

  private final RateLimit limit;
  private final String policy;

  public WriteLimit(RateLimit limit) {
    this.limit = limit;
    this.policy = "\"writes\";q=%d;w=%d".formatted(limit.permits(), limit.period().toSeconds());
  }

  /**
   * Takes permits of the account or key of a request.
   *
   * @throws TooManyRequestsException if there are too few left
   */
  public void take(Context ctx, long count) {
    ctx.header("RateLimit-Policy", policy);
    try {
      tell(ctx, limit.take(Requests.principal(ctx).id(), count));
    } catch (TooManyRequestsException e) {
      tell(ctx, 0);
      throw e;
    }
  }

  /** Writes how many permits are left, and after how many seconds all of them are back. */
  private void tell(Context ctx, long left) {
    long seconds = limit.period().toSeconds() * (limit.permits() - left) / limit.permits();
    ctx.header("RateLimit", "\"writes\";r=%d;t=%d".formatted(left, seconds));
  }
}
