package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * An id for each request, in its answer and in its log lines. A person who reports a failure can
 * name the request by it. A proxy may have set the id already.
 */
public final class RequestId {

  static final String HEADER = "X-Request-Id";

  /** In logs that have fields. */
  private static final String LOG_FIELD = "requestId";

  /** Nothing in it that could pretend to be another line of the log. */
  private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._-]{8,64}");

  private static final int BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private RequestId() {}

  /** Sets the id of the request, and of its thread's log lines until {@link #forget}. */
  public static void apply(Context ctx) {
    String given = ctx.header(HEADER);
    String id = given != null && USABLE.matcher(given).matches() ? given : random();
    ctx.attribute(HEADER, id);
    ctx.header(HEADER, id);
    MDC.put(LOG_FIELD, id);
  }

  /** The thread goes on to other requests. */
  public static void forget(Context ctx) {
    MDC.remove(LOG_FIELD);
  }

  static String of(Context ctx) {
    return ctx.attribute(HEADER);
  }

  private static String random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
