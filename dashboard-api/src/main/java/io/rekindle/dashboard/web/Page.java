package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import java.util.HashMap;
import java.util.Map;

/** The template of a page and its parameters. For one request. */
public final class Page {

  private final String template;
  private final Map<String, Object> parameters = new HashMap<>();

  /** Renders a page as HTML in UTF-8; must not need the database. */
  @FunctionalInterface
  public interface Renderer {
    byte[] render(RequestInfo request, Page page);
  }

  public Page(String template) {
    this.template = template;
  }

  /** Adds a parameter of the template; the value may be null. */
  public Page with(String name, Object value) {
    parameters.put(name, value);
    return this;
  }

  public String template() {
    return template;
  }

  public Map<String, Object> parameters() {
    return new HashMap<>(parameters);
  }

  void send(Context ctx, RequestInfo request, Renderer renderer) {
    ctx.contentType("text/html; charset=utf-8").result(renderer.render(request, this));
  }
}
