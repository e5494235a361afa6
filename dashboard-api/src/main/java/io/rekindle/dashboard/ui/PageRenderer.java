package io.rekindle.dashboard.ui;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.RequestInfo;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Fills templates, which are compiled with the rest of the code. Thread-safe. */
public final class PageRenderer implements Page.Renderer {

  private final Map<Locale, Messages> messages = new ConcurrentHashMap<>();
  private final Assets assets;
  private final TemplateEngine engine =
      TemplateEngine.createPrecompiled(
          null,
          ContentType.Html,
          PageRenderer.class.getClassLoader(),
          "io.rekindle.dashboard.templates");

  public PageRenderer(Assets assets) {
    this.assets = assets;
  }

  /** The template parameter {@code v} of a page. */
  public ViewContext view(RequestInfo request) {
    ViewerLocale viewer = ViewerLocale.of(request);
    // As many as there are regions of the languages that have texts.
    Messages texts = messages.computeIfAbsent(viewer.locale(), Messages::new);
    return new ViewContext(texts, viewer, assets, request);
  }

  @Override
  public byte[] render(RequestInfo request, Page page) {
    Map<String, Object> parameters = page.parameters();
    parameters.put("v", view(request));
    Utf8ByteOutput output = new Utf8ByteOutput();
    engine.render(page.template() + ".jte", parameters, output);
    return output.toByteArray();
  }
}
