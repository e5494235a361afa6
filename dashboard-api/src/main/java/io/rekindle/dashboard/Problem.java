package io.rekindle.dashboard;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;

/**
 * What went wrong with a request, as RFC 9457 has it; the kinds are those of HTTP's status codes.
 *
 * @param title the status code's name
 * @param status HTTP status code
 * @param detail a sentence for the caller, without anything about the inside of the service
 */
record Problem(String title, int status, String detail) {

  static void respond(Context ctx, HttpStatus status, String detail) {
    ctx.status(status)
        .json(new Problem(status.getMessage(), status.getCode(), detail))
        .contentType("application/problem+json");
  }
}
