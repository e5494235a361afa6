package io.rekindle.dashboard.http;

import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.http.Problem.FieldError;
import java.util.List;

/** A request that is not granted; the message is for the caller. */
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final transient List<FieldError> errors;
  private final Integer retryAfterSeconds;

  public Refusal(HttpStatus status, String detail) {
    this(status, detail, List.of(), null);
  }

  private Refusal(
      HttpStatus status, String detail, List<FieldError> errors, Integer retryAfterSeconds) {
    // Expected and answered: nobody reads its stack trace.
    super(detail, null, false, false);
    this.status = status;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** 400 for mistakes in a request, at least one. */
  public static Refusal invalid(List<FieldError> errors) {
    FieldError first = errors.get(0);
    String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
    String place = first.field().isEmpty() ? "" : first.field() + ": ";
    return new Refusal(
        HttpStatus.BAD_REQUEST, place + first.message() + more, List.copyOf(errors), null);
  }

  /** 400 for one mistake. */
  public static Refusal invalid(String field, String message) {
    return invalid(List.of(new FieldError(field, message)));
  }

  public static Refusal notFound(String detail) {
    return new Refusal(HttpStatus.NOT_FOUND, detail);
  }

  public static Refusal conflict(String detail) {
    return new Refusal(HttpStatus.CONFLICT, detail);
  }

  /** 409 for a value that somebody else has taken. */
  public static Refusal taken(String field, String message) {
    return new Refusal(HttpStatus.CONFLICT, message, List.of(new FieldError(field, message)), null);
  }

  /** 429, or 503 with a time to come back. */
  public static Refusal later(HttpStatus status, String detail, long seconds) {
    return new Refusal(status, detail, List.of(), Math.toIntExact(Math.max(1, seconds)));
  }

  public HttpStatus status() {
    return status;
  }

  public List<FieldError> errors() {
    return errors;
  }

  /** Null if trying again is not what helps. */
  public Integer retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
