package io.rekindle.dashboard.web;

import io.javalin.http.Context;

/** Answers with a page. */
public final class HtmlResponse {

  private HtmlResponse() {}

  /**
   * Sends a page.
   *
   * @param html in UTF-8
   */
  public static void send(Context ctx, byte[] html) {
    ctx.contentType("text/html; charset=utf-8").result(html);
  }
}
