package io.rekindle.dashboard.ui;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.RequestInfo;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Fills templates, which are compiled with the rest of the code. Thread-safe. */
public final class PageRenderer implements Page.Renderer {

  private final Map<Locale, Messages> messages = new ConcurrentHashMap<>();
  private final Assets assets;
  private final Supplier<PauseNotice> pause;
  private final TemplateEngine engine =
      TemplateEngine.createPrecompiled(
          null,
          ContentType.Html,
          PageRenderer.class.getClassLoader(),
          "io.rekindle.dashboard.templates");

  /**
   * @param pause gives the notice that outreach is paused; null while it is not
   */
  public PageRenderer(Assets assets, Supplier<PauseNotice> pause) {
    this.assets = assets;
    this.pause = pause;
  }

  /** The template parameter {@code v} of a page. */
  public ViewContext view(RequestInfo request) {
    ViewerLocale viewer = ViewerLocale.of(request);
    // As many as there are regions of the languages that have texts.
    Messages texts = messages.computeIfAbsent(viewer.locale(), Messages::new);
    return new ViewContext(texts, viewer, assets, request, pause.get());
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
