package io.rekindle.dashboard.admin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.signin.ApiKeys;
import io.rekindle.dashboard.signin.ApiKeys.ApiKey;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Created;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** API keys, for admins. */
public final class ApiKeyRoutes implements Routes {

  private static final String SCOPES = "any of read, users:write, orders:write.";
  private static final CsvFormat<ApiKey> CSV = CsvFormat.of("api-keys", ApiKey.class);

  private final ApiKeys keys;

  public ApiKeyRoutes(ApiKeys keys) {
    this.keys = keys;
  }

  @Override
  public void register(Router router) {
    router.get("/api/api-keys", Access.ADMIN, ctx -> ListResponse.answerWhole(ctx, CSV, keys::all));
    router.post("/api/api-keys", Access.ADMIN, this::create);
    router.delete("/api/api-keys/{keyId}", Access.ADMIN, this::revoke);
  }

  private void create(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    String name = body.requiredText("name", 200);
    Set<Scope> scopes = scopes(body);
    Instant expiresAt = body.instant("expiresAt");
    if (expiresAt != null && !expiresAt.isAfter(Instant.now())) {
      body.reject("expiresAt", "has to be in the future.");
    }
    body.check();
    var created = keys.create(Requests.actor(ctx), name, scopes, expiresAt);
    Created.at(ctx, "/api/api-keys", created.key().keyId());
    ctx.json(created);
  }

  private static Set<Scope> scopes(JsonFields body) {
    List<String> texts = body.texts("scopes", Scope.values().length, 40);
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    if (texts == null || texts.isEmpty()) {
      body.reject("scopes", "is required: " + SCOPES);
      return scopes;
    }
    for (int i = 0; i < texts.size(); i++) {
      String field = "scopes[" + i + "]";
      Scope.of(texts.get(i))
          .ifPresentOrElse(
              scopes::add,
              () -> body.reject(field, "has to be one of read, users:write, orders:write."));
    }
    return scopes;
  }

  private void revoke(Context ctx) {
    String id = QueryParameters.pathId(ctx, "keyId");
    if (!keys.revoke(Requests.actor(ctx), id)) {
      throw HttpProblem.notFound("No API key \"" + id + "\" that is good.");
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }
}
