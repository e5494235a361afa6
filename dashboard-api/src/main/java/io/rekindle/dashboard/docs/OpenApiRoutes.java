package io.rekindle.dashboard.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.platform.text.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The API's contract in OpenAPI 3.0.3, as it is written, as JSON, and as a page of Swagger UI. It
 * is public, since the author of a program has an API key and no account. Thread-safe.
 */
public final class OpenApiRoutes implements Routes {

  /** Stricter than that of other pages: no form, no frame. Swagger UI has icons in data URLs. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private static final String RESOURCE = "/openapi/rekindle.yaml";

  @Override
  public void register(Router router) {
    router.get("/openapi.yaml", Access.PUBLIC, ctx -> answer(ctx, "application/yaml", yaml()));
    router.get(
        "/openapi.json",
        Access.PUBLIC,
        ctx -> answer(ctx, "application/json", document().toString()));
    router.page("/docs", Access.PUBLIC, OpenApiRoutes::page);
  }

  private static Page page(Context ctx) {
    QueryParameters.of(ctx).check();
    ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    return new Page("docs");
  }

  /** Reads the contract anew: it is rarely asked for, and not worth the memory. */
  private static JsonNode document() {
    try {
      return new YAMLMapper().readTree(yaml());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(Context ctx, String type, String text) {
    ctx.header("Cache-Control", "public, max-age=300").contentType(type).result(text);
  }

  private static String yaml() {
    return Resources.get(OpenApiRoutes.class, RESOURCE);
  }
}
