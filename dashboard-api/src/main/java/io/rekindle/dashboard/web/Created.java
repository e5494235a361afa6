package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;

/** The status of an answer to a request that has created something. */
public final class Created {

  private Created() {}

  /**
   * Sets the status 201 and says where the new thing is.
   *
   * @param parent the address of those of its kind
   */
  public static void at(Context ctx, String parent, String id) {
    ctx.status(HttpStatus.CREATED).header("Location", parent + "/" + UrlPart.encode(id));
  }
}
