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
   * Takes permits of the account or key of a request. The answer tells how many are left, and after
   * how many seconds all of them are back.
   *
   * @throws TooManyRequestsException if there are too few left
   */
  public void take(Context ctx, long count) {
    String principal = Requests.principal(ctx).id();
    try {
      limit.take(principal, count);
    } finally {
      long left = limit.left(principal);
      long full = limit.period().toSeconds() * (limit.permits() - left) / limit.permits();
      ctx.header("RateLimit-Policy", policy);
      ctx.header("RateLimit", "\"writes\";r=%d;t=%d".formatted(left, full));
    }
  }
}
