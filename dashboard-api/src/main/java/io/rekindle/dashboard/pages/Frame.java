package io.rekindle.dashboard.pages;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Caller;
import io.rekindle.dashboard.http.Failures;
import io.rekindle.dashboard.http.Problem;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.text.Messages;
import java.util.Locale;
import java.util.Map;

/** What all pages have in common: texts, templates, what they load, and how a problem looks. */
public final class Frame implements Area, Failures.ErrorPage {

  private final Messages messages = new Messages(Locale.ENGLISH);
  private final Assets assets = new Assets();
  private final Html html = new Html();

  @Override
  public void register(Router router) {
    assets.register(router);
  }

  @Override
  public void show(Context ctx, Problem problem) {
    answer(ctx, "problem", Map.of("v", publicView(ctx), "problem", problem));
  }

  Messages messages() {
    return messages;
  }

  View view(Context ctx) {
    return new View(messages, assets, Caller.of(ctx), ctx);
  }

  /** At an address where nobody is asked who they are. */
  View publicView(Context ctx) {
    return new View(messages, assets, null, ctx);
  }

  void answer(Context ctx, String template, Map<String, Object> parameters) {
    html.answer(ctx, template, parameters);
  }
}
