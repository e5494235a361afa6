package io.rekindle.dashboard.ui;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.ErrorHandler;
import io.rekindle.dashboard.web.Principal;
import io.rekindle.dashboard.web.ProblemDetails;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.Locale;
import java.util.Map;

/** What all pages have in common: texts, templates, what they load, and how a problem looks. */
public final class PageRenderer implements Routes, ErrorHandler.ErrorPage {

  private final Messages messages = new Messages(Locale.ENGLISH);
  private final Assets assets = new Assets();
  private final TemplateRenderer templates = new TemplateRenderer();

  @Override
  public void register(Router router) {
    assets.register(router);
  }

  @Override
  public void show(Context ctx, ProblemDetails problem) {
    answer(ctx, "problem", Map.of("v", publicView(ctx), "problem", problem));
  }

  public Messages messages() {
    return messages;
  }

  public ViewContext view(Context ctx) {
    return new ViewContext(messages, assets, Principal.of(ctx), ctx);
  }

  /** At an address where nobody is asked who they are. */
  public ViewContext publicView(Context ctx) {
    return new ViewContext(messages, assets, null, ctx);
  }

  public void answer(Context ctx, String template, Map<String, Object> parameters) {
    templates.answer(ctx, template, parameters);
  }
}
