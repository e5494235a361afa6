package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.rekindle.dashboard.outreach.WorkbenchService.Workbench;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.email.Brand.Font;
import io.rekindle.email.compose.Language;
import io.rekindle.email.llm.PromptTexts;
import java.util.List;

/** The pages of outreach: its rules and variants, a new experiment, and the brand of its emails. */
public final class OutreachPages implements Routes {

  private final WorkbenchService workbench;
  private final EmailPreviewService previews;

  public OutreachPages(WorkbenchService workbench, EmailPreviewService previews) {
    this.workbench = workbench;
    this.previews = previews;
  }

  @Override
  public void register(Router router) {
    router.page("/settings/outreach", Access.ANALYST, this::settings);
    router.page("/experiments/new", Access.VIEWER, this::newExperiment);
    router.page("/settings/brand", Access.ADMIN, this::brand);
  }

  private Page settings(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String client = query.text("client", 128);
    query.check();
    Workbench read = workbench.read();
    return new Page("outreach")
        .with("settings", read.settings())
        .with("review", read.review())
        .with("versions", read.versions())
        .with("tests", read.tests())
        .with("client", client == null ? read.client() : client)
        .with("prompts", PromptTexts.all())
        .with("languages", Language.all().stream().map(Language::code).toList())
        .with("hasModel", previews.hasModel());
  }

  private Page newExperiment(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("new-experiment")
        .with("settings", workbench.read().settings())
        .with("prompts", PromptTexts.all());
  }

  private Page brand(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("brand").with("brand", workbench.brand()).with("fonts", List.of(Font.values()));
  }
}
