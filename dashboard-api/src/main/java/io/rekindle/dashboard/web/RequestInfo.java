package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.rekindle.dashboard.access.Principal;
import java.util.List;
import java.util.Map;

/**
 * The parts of a request that a page shows or links to.
 *
 * @param path without query
 * @param query null if there is none
 * @param parameters of the query, decoded
 * @param theme value of the cookie of that name; null if there is none
 * @param locale value of the cookie of that name: the language that the viewer chose
 * @param zone value of the cookie of that name: the time zone of the browser
 * @param acceptLanguage the header; null if there is none
 * @param principal null at a public address
 */
public record RequestInfo(
    String path,
    String query,
    Map<String, List<String>> parameters,
    String theme,
    String locale,
    String zone,
    String acceptLanguage,
    Principal principal) {

  /** Reads a request; the principal is there once the router has admitted the request. */
  public static RequestInfo of(Context ctx) {
    return new RequestInfo(
        ctx.path(),
        ctx.queryString(),
        ctx.queryParamMap(),
        ctx.cookie("theme"),
        ctx.cookie("locale"),
        ctx.cookie("zone"),
        ctx.header("Accept-Language"),
        Requests.find(ctx).orElse(null));
  }

  /** The same request without a sign-in. */
  public RequestInfo withoutPrincipal() {
    return new RequestInfo(path, query, parameters, theme, locale, zone, acceptLanguage, null);
  }

  /** The path with its query. */
  public String pathWithQuery() {
    return query == null ? path : path + "?" + query;
  }
}
