package io.rekindle.dashboard.users;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.http.Scope;
import org.jdbi.v3.core.Jdbi;

/** The addresses under /api/users. */
public final class UsersArea implements Area {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);

  private final Jdbi jdbi;

  public UsersArea(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void register(Router router) {
    router.get("/api/users/{userId}", READ, this::one);
  }

  private void one(Context ctx) {
    String userId = Query.pathId(ctx, "userId");
    ctx.json(
        jdbi.withHandle(handle -> UserProfiles.byId(handle, userId))
            .orElseThrow(() -> Refusal.notFound("No user \"" + userId + "\".")));
  }
}
