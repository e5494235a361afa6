package io.rekindle.dashboard.admin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.admin.AccountService.AccountChange;
import io.rekindle.dashboard.signin.Account;
import io.rekindle.dashboard.signin.Passwords;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Created;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.SecretCookie;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;

/** Accounts, for admins. */
public final class AccountRoutes implements Routes {

  private static final CsvFormat<Account> CSV = CsvFormat.of("accounts", Account.class);

  private final AccountService accounts;
  private final SecretCookie sessionCookie;

  public AccountRoutes(AccountService accounts, SecretCookie sessionCookie) {
    this.accounts = accounts;
    this.sessionCookie = sessionCookie;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/accounts", Access.ADMIN, ctx -> ListResponse.answerWhole(ctx, CSV, accounts::all));
    router.post("/api/accounts", Access.ADMIN, this::create);
    router.get("/api/accounts/{accountId}", Access.ADMIN, this::one);
    router.put("/api/accounts/{accountId}", Access.ADMIN, this::change);
    router.delete("/api/accounts/{accountId}", Access.ADMIN, this::delete);
  }

  private void one(Context ctx) {
    String id = QueryParameters.pathId(ctx, "accountId");
    QueryParameters.of(ctx).check();
    answer(ctx, accounts.find(id).orElseThrow(() -> HttpProblem.notFound("account", id)));
  }

  private static void answer(Context ctx, Account account) {
    EntityTag.json(ctx, account, account.edited());
  }

  private void create(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    String email = body.requiredText("email", 320);
    if (email != null && !email.matches("[^\\s@]+@[^\\s@]+")) {
      body.reject("email", "has to be an email address.");
    }
    String name = body.text("name", 200);
    Role role = body.oneOf("role", Role.class);
    if (role == null) {
      body.reject("role", "is required: VIEWER, ANALYST or ADMIN.");
    }
    String password = Passwords.read(body, "password");
    body.check();
    Account account =
        accounts
            .create(Requests.actor(ctx), email, name == null ? "" : name, role, password)
            .orElseThrow(
                () -> HttpProblem.taken("email", "There is an account for " + email + "."));
    Created.at(ctx, "/api/accounts", account.accountId());
    answer(ctx, account);
  }

  private void change(Context ctx) {
    String id = QueryParameters.pathId(ctx, "accountId");
    JsonFields body = JsonBody.object(ctx);
    AccountChange change =
        new AccountChange(
            body.text("name", 200),
            body.oneOf("role", Role.class),
            body.bool("disabled"),
            body.has("password") ? Passwords.read(body, "password") : null);
    body.check();
    answer(
        ctx,
        accounts
            .change(
                Requests.actor(ctx), sessionCookie.read(ctx), id, EntityTag.demanded(ctx), change)
            .orElseThrow(() -> HttpProblem.notFound("account", id)));
  }

  private void delete(Context ctx) {
    String id = QueryParameters.pathId(ctx, "accountId");
    if (id.equals(Requests.principal(ctx).id())) {
      throw HttpProblem.conflict("You cannot delete the account that you are signed in with.");
    }
    if (!accounts.delete(Requests.actor(ctx), id)) {
      throw HttpProblem.notFound("account", id);
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }
}
