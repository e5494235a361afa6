package io.rekindle.dashboard.web;

import io.javalin.http.HttpStatus;

/** What a problem is, for programs: the texts of a problem may change, and these do not. */
public enum ProblemCode {
  /** The request has mistakes, which {@code errors} names if it can. */
  INVALID(HttpStatus.BAD_REQUEST),
  NOT_SIGNED_IN(HttpStatus.UNAUTHORIZED),
  NOT_ALLOWED(HttpStatus.FORBIDDEN),
  NOT_FOUND(HttpStatus.NOT_FOUND),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED),
  /** The request does not fit the present state. */
  CONFLICT(HttpStatus.CONFLICT),
  /** Something else has the id or the name. */
  TAKEN(HttpStatus.CONFLICT),
  /** Another change came before this one. */
  CHANGED_MEANWHILE(HttpStatus.PRECONDITION_FAILED),
  TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
  /** The body is no JSON by its header. */
  WRONG_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
  /** The idempotency key came with another request before. */
  KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
  /** The job would refuse the record of a dead letter again. */
  REPLAY_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT),
  TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS),
  /** The dashboard's log has the reason. */
  FAILED(HttpStatus.INTERNAL_SERVER_ERROR),
  /** The database, Kafka or a computation does not answer at the moment. */
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE);

  private final HttpStatus status;

  ProblemCode(HttpStatus status) {
    this.status = status;
  }

  HttpStatus status() {
    return status;
  }

  /** The code of a problem of which no more than its status is known. */
  static ProblemCode of(HttpStatus status) {
    for (ProblemCode code : values()) {
      if (code.status == status) {
        return code;
      }
    }
    return status.isServerError() ? FAILED : INVALID;
  }
}
