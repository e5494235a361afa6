package io.rekindle.dashboard.ui;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the pages load: a fixed list of files, under a path that changes with their content, so that
 * browsers keep them for ever.
 */
final class Assets implements Routes {

  private static final String WEBJARS = "/META-INF/resources/webjars/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String SVG = "image/svg+xml";
  private static final String WOFF2 = "font/woff2";

  private record File(String resource, String contentType) {}

  private static final Map<String, File> FILES =
      new TreeMap<>(
          Map.of(
              "app.css", new File("/static/app.css", "text/css; charset=utf-8"),
              "app.js", new File("/static/app.js", SCRIPT),
              "rules.js", new File("/static/rules.js", SCRIPT),
              "charts.js", new File("/static/charts.js", SCRIPT),
              "icons.svg", new File("/static/icons.svg", SVG),
              "flame.svg", new File("/static/flame.svg", SVG),
              "font/inter-latin-wght-normal.woff2",
                  new File("/static/font/inter-latin-wght-normal.woff2", WOFF2),
              "font/inter-latin-ext-wght-normal.woff2",
                  new File("/static/font/inter-latin-ext-wght-normal.woff2", WOFF2),
              "htmx.js", new File(WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js", SCRIPT),
              "echarts.js", new File(WEBJARS + "echarts/5.5.0/echarts.common.min.js", SCRIPT)));

  private final String root = "/assets/" + digest() + "/";

  /** The address of a file. */
  String path(String name) {
    if (!FILES.containsKey(name)) {
      throw new IllegalArgumentException("No asset " + name);
    }
    return root + name;
  }

  @Override
  public void register(Router router) {
    router.get("/assets/{version}/<name>", Access.PUBLIC, this::serve);
  }

  private void serve(Context ctx) {
    File file = FILES.get(ctx.pathParam("name"));
    if (file == null) {
      throw HttpProblem.notFound("No such file.");
    }
    boolean current = ctx.path().startsWith(root);
    ctx.header("Cache-Control", current ? "public, max-age=31536000, immutable" : "no-cache");
    ctx.contentType(file.contentType());
    ctx.result(open(file));
  }

  private static InputStream open(File file) {
    InputStream in = Assets.class.getResourceAsStream(file.resource());
    if (in == null) {
      throw new IllegalStateException(file.resource() + " is not on the class path");
    }
    return in;
  }

  private static String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[64 * 1024];
      for (File file : FILES.values()) {
        try (InputStream in = open(file)) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
