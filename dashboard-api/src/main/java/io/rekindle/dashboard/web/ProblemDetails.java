package io.rekindle.dashboard.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.List;

/**
 * A problem with a request, in the form of RFC 9457; its type is its HTTP status code.
 *
 * @param title the status code's name
 * @param status HTTP status code
 * @param code for programs
 * @param detail a sentence for the caller, without anything about the inside of the service
 * @param errors the mistakes in parts of the request; null if the problem is another
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProblemDetails(
    String title, int status, ProblemCode code, String detail, List<FieldError> errors) {

  /**
   * A mistake in a request.
   *
   * @param field its place: a path into the body such as {@code orders[3].amount}, or the name of a
   *     parameter or a header; empty for the body as a whole
   * @param message the fix
   */
  public record FieldError(String field, String message) {}

  public static ProblemDetails of(HttpStatus status, String detail) {
    return new ProblemDetails(
        status.getMessage(), status.getCode(), ProblemCode.of(status), detail, null);
  }

  static ProblemDetails of(HttpProblem refusal) {
    HttpStatus status = refusal.status();
    return new ProblemDetails(
        status.getMessage(),
        status.getCode(),
        refusal.code(),
        refusal.getMessage(),
        refusal.errors().isEmpty() ? null : refusal.errors());
  }

  /** Answers with this as JSON. */
  public void send(Context ctx) {
    ctx.status(status).json(this).contentType("application/problem+json");
  }
}
