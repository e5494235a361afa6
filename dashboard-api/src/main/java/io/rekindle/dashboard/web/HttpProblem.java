package io.rekindle.dashboard.web;

import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.web.ProblemDetails.FieldError;
import java.util.List;

/** A request that is not granted; the message is for the client of the API. */
public final class HttpProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final ProblemCode code;
  private final transient List<FieldError> errors;
  private final Integer retryAfterSeconds;

  public HttpProblem(HttpStatus status, String detail) {
    this(status, ProblemCode.of(status), detail, List.of(), null);
  }

  /** For a status that several codes have. */
  public HttpProblem(ProblemCode code, String detail) {
    this(code.status(), code, detail, List.of(), null);
  }

  private HttpProblem(
      HttpStatus status,
      ProblemCode code,
      String detail,
      List<FieldError> errors,
      Integer retryAfterSeconds) {
    // Expected and answered: a stack trace would not help.
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** 400 for mistakes in a request, at least one. */
  public static HttpProblem invalid(List<FieldError> errors) {
    FieldError first = errors.get(0);
    String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
    String place = first.field().isEmpty() ? "" : first.field() + ": ";
    return new HttpProblem(
        HttpStatus.BAD_REQUEST,
        ProblemCode.INVALID,
        place + first.message() + more,
        List.copyOf(errors),
        null);
  }

  /** 400 for one mistake. */
  public static HttpProblem invalid(String field, String message) {
    return invalid(List.of(new FieldError(field, message)));
  }

  public static HttpProblem notFound(String detail) {
    return new HttpProblem(HttpStatus.NOT_FOUND, detail);
  }

  /** 404 for an id that nothing of the kind has. */
  public static HttpProblem notFound(String kind, String id) {
    return notFound("No " + kind + " \"" + id + "\".");
  }

  public static HttpProblem conflict(String detail) {
    return new HttpProblem(HttpStatus.CONFLICT, detail);
  }

  /** 409 for a value that is taken. */
  public static HttpProblem taken(String field, String message) {
    return new HttpProblem(
        HttpStatus.CONFLICT,
        ProblemCode.TAKEN,
        message,
        List.of(new FieldError(field, message)),
        null);
  }

  /** 429, or 503 with a time to come back. */
  public static HttpProblem retryLater(HttpStatus status, String detail, long seconds) {
    return new HttpProblem(
        status, ProblemCode.of(status), detail, List.of(), Math.toIntExact(Math.max(1, seconds)));
  }

  public HttpStatus status() {
    return status;
  }

  public ProblemCode code() {
    return code;
  }

  public List<FieldError> errors() {
    return errors;
  }

  /** Null if another attempt would not help. */
  public Integer retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
