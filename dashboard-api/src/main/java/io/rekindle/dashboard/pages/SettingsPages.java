package io.rekindle.dashboard.pages;

import static io.rekindle.dashboard.http.Access.ADMIN;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.security.Administration;
import java.util.HashMap;
import java.util.Map;

/** The addresses of the pages about who may do what, and who did what. */
public final class SettingsPages implements Area {

  private static final int PAGE_SIZE = 50;

  private final Frame frame;
  private final Administration administration;

  public SettingsPages(Frame frame, Administration administration) {
    this.frame = frame;
    this.administration = administration;
  }

  @Override
  public void register(Router router) {
    router.get("/settings", ADMIN, this::accounts);
    router.get("/settings/api-keys", ADMIN, this::keys);
    router.get("/settings/audit-log", ADMIN, this::auditLog);
  }

  private void accounts(Context ctx) {
    Query.of(ctx).check();
    frame.answer(
        ctx, "accounts", Map.of("v", frame.view(ctx), "accounts", administration.accounts()));
  }

  private void keys(Context ctx) {
    Query.of(ctx).check();
    frame.answer(ctx, "api-keys", Map.of("v", frame.view(ctx), "keys", administration.apiKeys()));
  }

  private void auditLog(Context ctx) {
    Query query = Query.of(ctx);
    String cursor = query.cursor();
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.view(ctx));
    parameters.put("page", administration.auditLog(cursor, PAGE_SIZE));
    parameters.put("address", Address.of(ctx));
    frame.answer(ctx, "audit-log", parameters);
  }
}
