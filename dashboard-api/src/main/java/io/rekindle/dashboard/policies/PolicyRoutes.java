package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.policies.PolicyService.PolicyList;
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
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;

/** The addresses under /api/policies. */
public final class PolicyRoutes implements Routes {

  private static final CsvFormat<StoredPolicy> CSV =
      CsvFormat.of("policies", StoredPolicy.class).without("document");

  private final PolicyService policies;
  private final PolicyPreviewQueue previews;

  public PolicyRoutes(PolicyService policies, PolicyPreviewQueue previews) {
    this.policies = policies;
    this.previews = previews;
  }

  @Override
  public void register(Router router) {
    router.get("/api/policies", Access.VIEWER, this::all);
    router.post("/api/policies", Access.ANALYST, this::create);
    router.post("/api/policies/rollback", Access.ADMIN, this::rollBack);
    router.get("/api/policies/{policyVersion}", Access.VIEWER, this::one);
    router.get("/api/models/in-force", Access.VIEWER, ctx -> ctx.json(policies.modelInForce()));
    router.put("/api/policies/{policyVersion}", Access.ANALYST, this::replace);
    router.post("/api/policies/{policyVersion}/activate", Access.ADMIN, this::activate);
    router.post("/api/policy-previews", Access.ANALYST, this::preview);
    router.get("/api/policy-previews/{previewId}", Access.ANALYST, this::previewed);
    router.delete("/api/policy-previews/{previewId}", Access.ANALYST, this::cancel);
  }

  private void all(Context ctx) throws IOException {
    PolicyList list = policies.all();
    EntityTag.tell(ctx, list.state());
    ListResponse.answerWhole(ctx, CSV, list::items);
  }

  private void one(Context ctx) {
    answer(ctx, existing(QueryParameters.pathId(ctx, "policyVersion")));
  }

  private static void answer(Context ctx, StoredPolicy policy) {
    EntityTag.json(ctx, policy, policy.document());
  }

  private void create(Context ctx) throws InvalidPolicyException {
    ScoringPolicy policy = document(ctx);
    StoredPolicy created =
        policies
            .create(Requests.actor(ctx), policy)
            .orElseThrow(
                () ->
                    HttpProblem.taken(
                        "document.version", "There is a policy \"" + policy.version() + "\"."));
    Created.at(ctx, "/api/policies", created.policyVersion());
    answer(ctx, created);
  }

  private void replace(Context ctx) throws InvalidPolicyException {
    String version = QueryParameters.pathId(ctx, "policyVersion");
    ScoringPolicy policy = document(ctx);
    if (!policy.version().equals(version)) {
      throw HttpProblem.invalid("document.version", "has to be " + version + ", as in the path.");
    }
    answer(
        ctx,
        policies
            .replace(Requests.actor(ctx), EntityTag.demanded(ctx), policy)
            .orElseThrow(() -> HttpProblem.notFound("policy", version)));
  }

  private void activate(Context ctx) throws InvalidPolicyException {
    String version = QueryParameters.pathId(ctx, "policyVersion");
    ctx.json(
        policies
            .activate(Requests.actor(ctx), EntityTag.demanded(ctx), version)
            .orElseThrow(() -> HttpProblem.notFound("policy", version)));
  }

  private void rollBack(Context ctx) throws InvalidPolicyException {
    ctx.json(policies.rollBack(Requests.actor(ctx), EntityTag.demanded(ctx)));
  }

  /** Compares a stored policy, or a document from the request, with the policy in force. */
  private void preview(Context ctx) throws InvalidPolicyException {
    JsonFields body = JsonBody.object(ctx);
    String version = body.text("policyVersion", 128);
    JsonNode document = body.json("document");
    if ((version == null) == (document == null) && body.mistakes() == 0) {
      body.reject("", "give either policyVersion or document.");
    }
    body.check();
    JsonNode compared = document == null ? existing(version).document() : document;
    ScoringPolicy after = policies.withActiveModel(ScoringPolicy.parse(compared.toString()));
    ctx.status(HttpStatus.ACCEPTED)
        .json(
            previews
                .start(Requests.principal(ctx).id(), policies.inForce(), after)
                .orElseThrow(
                    () ->
                        HttpProblem.retryLater(
                            HttpStatus.TOO_MANY_REQUESTS,
                            "Other previews are under way: try again shortly.",
                            30)));
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

  private static ScoringPolicy document(Context ctx) throws InvalidPolicyException {
    JsonFields body = JsonBody.object(ctx);
    JsonNode document = body.required("document", body.json("document"));
    body.check();
    return ScoringPolicy.parse(document.toString());
  }

  /** Answers a policy's mistake with 400, by its place in the request. */
  public static HttpProblem problem(InvalidPolicyException e) {
    String message = e.getMessage();
    String problem =
        message.startsWith(e.path() + ": ") ? message.substring(e.path().length() + 2) : message;
    return HttpProblem.invalid("document" + e.path().replaceFirst("^\\$", ""), problem);
  }

  private StoredPolicy existing(String version) {
    return policies.find(version).orElseThrow(() -> HttpProblem.notFound("policy", version));
  }

  private static HttpProblem noPreview(String id) {
    return HttpProblem.notFound("No preview \"" + id + "\", or not any more.");
  }
}
