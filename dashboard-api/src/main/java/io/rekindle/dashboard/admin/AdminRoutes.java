package io.rekindle.dashboard.admin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.signin.Account;
import io.rekindle.dashboard.signin.Accounts;
import io.rekindle.dashboard.signin.ApiKeys;
import io.rekindle.dashboard.signin.ApiKeys.ApiKey;
import io.rekindle.dashboard.signin.ApiKeys.NewApiKey;
import io.rekindle.dashboard.signin.Passwords;
import io.rekindle.dashboard.signin.Sessions;
import io.rekindle.dashboard.signin.SignInRoutes;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Principal;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Role;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.Scope;
import io.rekindle.dashboard.web.SecretCookie;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListPage;
import io.rekindle.dashboard.web.list.ListResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Accounts, API keys and the audit log, for admins. */
public final class AdminRoutes implements Routes {

  private static final CsvFormat<Account> ACCOUNTS_CSV = CsvFormat.of("accounts", Account.class);

  private static final CsvFormat<ApiKey> KEYS_CSV = CsvFormat.of("api-keys", ApiKey.class);

  private static final CsvFormat<AuditLog.AuditEntry> AUDIT_CSV =
      CsvFormat.of(AuditLog.LIST, AuditLog.AuditEntry.class);

  private final Jdbi jdbi;
  private final ListResponse listResponse;
  private final Passwords passwords;
  private final Sessions sessions;
  private final ApiKeys keys;
  private final SecretCookie sessionCookie;

  public AdminRoutes(
      Jdbi jdbi,
      ListResponse listResponse,
      Passwords passwords,
      Sessions sessions,
      ApiKeys keys,
      SecretCookie sessionCookie) {
    this.jdbi = jdbi;
    this.listResponse = listResponse;
    this.passwords = passwords;
    this.sessions = sessions;
    this.keys = keys;
    this.sessionCookie = sessionCookie;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/accounts",
        Access.ADMIN,
        ctx -> ListResponse.answerWhole(ctx, ACCOUNTS_CSV, this::accounts));
    router.post("/api/accounts", Access.ADMIN, this::createAccount);
    router.put("/api/accounts/{accountId}", Access.ADMIN, this::changeAccount);
    router.delete("/api/accounts/{accountId}", Access.ADMIN, this::deleteAccount);
    router.get(
        "/api/api-keys",
        Access.ADMIN,
        ctx -> ListResponse.answerWhole(ctx, KEYS_CSV, this::apiKeys));
    router.post("/api/api-keys", Access.ADMIN, this::createKey);
    router.delete("/api/api-keys/{keyId}", Access.ADMIN, this::revokeKey);
    router.get(
        "/api/audit-log",
        Access.ADMIN,
        ctx ->
            listResponse.answer(
                ctx, QueryParameters.of(ctx), AUDIT_CSV, this::auditLog, AuditLog::forEach));
  }

  /** All accounts by email address. */
  public List<Account> accounts() {
    return jdbi.withHandle(Accounts::all);
  }

  /** All keys, the newest first, revoked ones included. */
  public List<ApiKey> apiKeys() {
    return jdbi.withHandle(ApiKeys::all);
  }

  /** A page of the audit log, the newest first; {@code cursor} is null for the first. */
  public ListPage<AuditLog.AuditEntry> auditLog(String cursor, int limit) {
    return jdbi.withHandle(handle -> AuditLog.page(handle, cursor, limit));
  }

  private void createAccount(Context ctx) {
    JsonFields body = Json.object(ctx);
    String email = body.requiredText("email", 320);
    if (email != null && !email.matches("[^\\s@]+@[^\\s@]+")) {
      body.reject("email", "has to be an email address.");
    }
    String name = body.text("name", 200);
    Role role = body.oneOf("role", Role.class);
    if (role == null) {
      body.reject("role", "is required: VIEWER, ANALYST or ADMIN.");
    }
    String password = SignInRoutes.newPassword(body, "password");
    body.check();
    String hash = passwords.hash(password);
    Account account =
        jdbi.inTransaction(
            handle -> {
              Account created =
                  Accounts.insert(handle, email, name == null ? "" : name, role, hash)
                      .orElseThrow(
                          () ->
                              HttpProblem.taken("email", "There is an account for " + email + "."));
              AuditLog.record(
                  handle,
                  Actor.of(ctx),
                  "CREATE",
                  Subject.ACCOUNT,
                  created.accountId(),
                  null,
                  created);
              return created;
            });
    ctx.status(HttpStatus.CREATED).json(account);
  }

  private void changeAccount(Context ctx) {
    String id = QueryParameters.pathId(ctx, "accountId");
    JsonFields body = Json.object(ctx);
    String name = body.text("name", 200);
    Role role = body.oneOf("role", Role.class);
    Boolean disabled = body.bool("disabled");
    String password = body.has("password") ? SignInRoutes.newPassword(body, "password") : null;
    body.check();
    String hash = password == null ? null : passwords.hash(password);
    Account account =
        jdbi.inTransaction(
            handle -> {
              int admins = Accounts.lockAdmins(handle);
              Account before = existing(handle, id);
              Role newRole = role == null ? before.role() : role;
              boolean newDisabled = disabled == null ? before.disabled() : disabled;
              if (newRole != Role.ADMIN || newDisabled) {
                keepAnAdmin(before, admins);
              }
              Account after =
                  Accounts.update(
                      handle, id, name == null ? before.name() : name, newRole, newDisabled);
              if (hash != null) {
                Accounts.setPassword(handle, id, hash);
                AuditLog.record(
                    handle, Actor.of(ctx), "SET_PASSWORD", Subject.ACCOUNT, id, null, null);
              }
              // Who may do less from now on, or has another password, signs in again.
              if (hash != null || newDisabled || newRole != before.role()) {
                sessions.endAll(handle, id, sessionCookie.read(ctx));
              }
              AuditLog.record(handle, Actor.of(ctx), "CHANGE", Subject.ACCOUNT, id, before, after);
              return after;
            });
    ctx.json(account);
  }

  private void deleteAccount(Context ctx) {
    String id = QueryParameters.pathId(ctx, "accountId");
    if (id.equals(Principal.of(ctx).id())) {
      throw HttpProblem.conflict("You cannot delete the account that you are signed in with.");
    }
    jdbi.useTransaction(
        handle -> {
          int admins = Accounts.lockAdmins(handle);
          Account before = existing(handle, id);
          keepAnAdmin(before, admins);
          Accounts.delete(handle, id);
          AuditLog.record(handle, Actor.of(ctx), "DELETE", Subject.ACCOUNT, id, before, null);
        });
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private static Account existing(Handle handle, String accountId) {
    return Accounts.lock(handle, accountId)
        .orElseThrow(() -> HttpProblem.notFound("No account \"" + accountId + "\"."));
  }

  private static void keepAnAdmin(Account losing, int admins) {
    if (losing.role() == Role.ADMIN && !losing.disabled() && admins <= 1) {
      throw HttpProblem.conflict("This is the last admin: make another one first.");
    }
  }

  private void createKey(Context ctx) {
    JsonFields body = Json.object(ctx);
    String name = body.requiredText("name", 200);
    List<String> texts = body.texts("scopes", Scope.values().length, 40);
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    if (texts == null || texts.isEmpty()) {
      body.reject("scopes", "is required: any of read, users:write, orders:write.");
    } else {
      for (int i = 0; i < texts.size(); i++) {
        int place = i;
        Scope.of(texts.get(i))
            .ifPresentOrElse(
                scopes::add,
                () ->
                    body.reject(
                        "scopes[" + place + "]",
                        "has to be one of read, users:write, orders:write."));
      }
    }
    body.check();
    NewApiKey created =
        jdbi.inTransaction(
            handle -> {
              NewApiKey key = keys.create(handle, name, scopes, Principal.of(ctx).name());
              AuditLog.record(
                  handle,
                  Actor.of(ctx),
                  "CREATE",
                  Subject.API_KEY,
                  key.key().keyId(),
                  null,
                  key.key());
              return key;
            });
    ctx.status(HttpStatus.CREATED).json(created);
  }

  private void revokeKey(Context ctx) {
    String id = QueryParameters.pathId(ctx, "keyId");
    jdbi.useTransaction(
        handle -> {
          ApiKey revoked =
              ApiKeys.revoke(handle, id)
                  .orElseThrow(
                      () -> HttpProblem.notFound("No API key \"" + id + "\" that is good."));
          AuditLog.record(handle, Actor.of(ctx), "REVOKE", Subject.API_KEY, id, null, revoked);
        });
    ctx.status(HttpStatus.NO_CONTENT);
  }
}
