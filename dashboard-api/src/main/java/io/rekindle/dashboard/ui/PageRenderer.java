package io.rekindle.dashboard.ui;

import io.rekindle.dashboard.web.ErrorHandler;
import io.rekindle.dashboard.web.ProblemDetails;
import io.rekindle.dashboard.web.RequestInfo;
import java.util.Locale;
import java.util.Map;

/** Renders pages: joins templates, texts and assets, and shows problems. Thread-safe. */
public final class PageRenderer implements ErrorHandler.ErrorPage {

  private final Messages messages = new Messages(Locale.ENGLISH);
  private final Assets assets;
  private final TemplateRenderer templates = new TemplateRenderer();

  public PageRenderer(Assets assets) {
    this.assets = assets;
  }

  @Override
  public byte[] render(RequestInfo request, ProblemDetails problem) {
    return render("problem", Map.of("v", view(request.withoutPrincipal()), "problem", problem));
  }

  /** The template parameter {@code v} of a page. */
  public ViewContext view(RequestInfo request) {
    return new ViewContext(messages, assets, request);
  }

  /** Renders a template as HTML in UTF-8. */
  public byte[] render(String template, Map<String, Object> parameters) {
    return templates.render(template, parameters);
  }
}
