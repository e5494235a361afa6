package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Principal;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import io.rekindle.scoring.policy.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The addresses under /api/policies. */
public final class PolicyRoutes implements Routes, AutoCloseable {

  private static final CsvFormat<StoredPolicy> CSV =
      CsvFormat.of("policies", StoredPolicy.class).without("document");

  private final Jdbi jdbi;
  private final PolicyPreviewQueue previews;

  public PolicyRoutes(DashboardDatabase database) {
    this.jdbi = database.jdbi();
    this.previews = new PolicyPreviewQueue(database);
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/policies", Access.VIEWER, ctx -> ListResponse.answerWhole(ctx, CSV, this::policies));
    router.post("/api/policies", Access.ANALYST, this::create);
    router.post("/api/policies/rollback", Access.ADMIN, this::rollBack);
    router.get("/api/policies/{policyVersion}", Access.VIEWER, this::one);
    router.put("/api/policies/{policyVersion}", Access.ANALYST, this::replace);
    router.post("/api/policies/{policyVersion}/activate", Access.ADMIN, this::activate);
    router.post("/api/policy-previews", Access.ANALYST, this::preview);
    router.get("/api/policy-previews/{previewId}", Access.ANALYST, this::previewed);
    router.delete("/api/policy-previews/{previewId}", Access.ANALYST, this::cancel);
  }

  /** All policies without their documents, the active one first. */
  public List<StoredPolicy> policies() {
    return jdbi.withHandle(StoredPolicy::all);
  }

  /**
   * One policy with its document.
   *
   * @throws HttpProblem 404 if there is none
   */
  public StoredPolicy policy(String version) {
    return jdbi.withHandle(handle -> existing(handle, version));
  }

  @Override
  public void close() {
    previews.close();
  }

  private void one(Context ctx) {
    ctx.json(policy(QueryParameters.pathId(ctx, "policyVersion")));
  }

  private void create(Context ctx) {
    ScoringPolicy policy = document(ctx);
    StoredPolicy created =
        jdbi.inTransaction(
            handle -> {
              String by = Principal.of(ctx).name();
              if (!StoredPolicy.insert(handle, policy.version(), policy.json(), by)) {
                throw HttpProblem.taken(
                    "document.version", "There is a policy \"" + policy.version() + "\".");
              }
              StoredPolicy after = existing(handle, policy.version());
              AuditLog.record(
                  handle, Actor.of(ctx), "CREATE", Subject.POLICY, policy.version(), null, after);
              return after;
            });
    ctx.status(HttpStatus.CREATED).json(created);
  }

  private void replace(Context ctx) {
    String version = QueryParameters.pathId(ctx, "policyVersion");
    ScoringPolicy policy = document(ctx);
    if (!policy.version().equals(version)) {
      throw HttpProblem.invalid("document.version", "has to be " + version + ", as in the path.");
    }
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              StoredPolicy before = existing(handle, version);
              if (!StoredPolicy.replace(handle, version, policy.json())) {
                throw HttpProblem.conflict(
                    "Scores have been made by this policy: give the changed one another version.");
              }
              StoredPolicy after = existing(handle, version);
              AuditLog.record(
                  handle, Actor.of(ctx), "CHANGE", Subject.POLICY, version, before, after);
              return after;
            }));
  }

  private void activate(Context ctx) {
    String version = QueryParameters.pathId(ctx, "policyVersion");
    ctx.json(jdbi.inTransaction(handle -> activate(ctx, handle, version, "ACTIVATE")));
  }

  private void rollBack(Context ctx) {
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              StoredPolicy previous =
                  StoredPolicy.previous(handle)
                      .orElseThrow(
                          () -> HttpProblem.conflict("No policy was in force before this one."));
              return activate(ctx, handle, previous.policyVersion(), "ROLL_BACK");
            }));
  }

  private static StoredPolicy activate(Context ctx, Handle handle, String version, String action) {
    // Two at once would each end the other's.
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.activate_policy'))");
    StoredPolicy target = existing(handle, version);
    if (target.active()) {
      throw HttpProblem.conflict("This policy is in force already.");
    }
    parse(target.document());
    String before = StoredPolicy.active(handle).map(StoredPolicy::policyVersion).orElse(null);
    StoredPolicy.activate(handle, version);
    AuditLog.record(
        handle,
        Actor.of(ctx),
        action,
        Subject.POLICY,
        version,
        before == null ? null : Map.of("active", before),
        Map.of("active", version));
    return existing(handle, version);
  }

  /** Of a stored policy, or of a document that is not stored, against the one in force. */
  private void preview(Context ctx) {
    JsonFields body = Json.object(ctx);
    String version = body.text("policyVersion", 128);
    JsonNode document = body.json("document");
    if ((version == null) == (document == null) && body.mistakes() == 0) {
      body.reject("", "give either policyVersion or document.");
    }
    body.check();
    ScoringPolicy after = parse(document == null ? policy(version).document() : document);
    ScoringPolicy before =
        jdbi.withHandle(StoredPolicy::active)
            .map(active -> parse(active.document()))
            .orElseGet(() -> ScoringPolicy.builtIn(ScoringPolicy.builtInNames().get(0)));
    ctx.status(HttpStatus.ACCEPTED).json(previews.start(Principal.of(ctx).id(), before, after));
  }

  private void previewed(Context ctx) {
    String id = ctx.pathParam("previewId");
    ctx.json(previews.status(id).orElseThrow(() -> noPreview(id)));
  }

  private void cancel(Context ctx) {
    String id = ctx.pathParam("previewId");
    if (!previews.cancel(id)) {
      throw noPreview(id);
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private static ScoringPolicy document(Context ctx) {
    JsonFields body = Json.object(ctx);
    JsonNode document = body.json("document");
    if (document == null) {
      body.reject("document", "is required.");
    }
    body.check();
    return parse(document);
  }

  /** A policy's mistakes are reported by their place in the request. */
  private static ScoringPolicy parse(JsonNode document) {
    try {
      return ScoringPolicy.parse(document.toString());
    } catch (InvalidPolicyException e) {
      String message = e.getMessage();
      String problem =
          message.startsWith(e.path() + ": ") ? message.substring(e.path().length() + 2) : message;
      throw HttpProblem.invalid("document" + e.path().replaceFirst("^\\$", ""), problem);
    }
  }

  private static StoredPolicy existing(Handle handle, String version) {
    return StoredPolicy.byVersion(handle, version)
        .orElseThrow(() -> HttpProblem.notFound("No policy \"" + version + "\"."));
  }

  private static HttpProblem noPreview(String id) {
    return HttpProblem.notFound("No preview \"" + id + "\", or not any more.");
  }
}
