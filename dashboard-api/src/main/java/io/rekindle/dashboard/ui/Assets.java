package io.rekindle.dashboard.ui;

import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Files that pages load. Their path changes with their content, so that browsers keep them for
 * ever.
 */
public final class Assets {

  private static final String WEBJARS = "/META-INF/resources/webjars/";
  private static final String SWAGGER_UI = WEBJARS + "swagger-ui/5.34.1/";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String SVG = "image/svg+xml";
  private static final String WOFF2 = "font/woff2";

  record Asset(String resource, String contentType) {

    InputStream open() {
      return Resources.open(Assets.class, resource);
    }
  }

  private static final Map<String, Asset> FILES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("app.css", new Asset("/static/app.css", CSS)),
              Map.entry("docs.css", new Asset("/static/docs.css", CSS)),
              Map.entry("app.js", new Asset("/static/app.js", SCRIPT)),
              Map.entry("events.js", new Asset("/static/events.js", SCRIPT)),
              Map.entry("mail.js", new Asset("/static/mail.js", SCRIPT)),
              Map.entry("rules.js", new Asset("/static/rules.js", SCRIPT)),
              Map.entry("charts.js", new Asset("/static/charts.js", SCRIPT)),
              Map.entry("docs.js", new Asset("/static/docs.js", SCRIPT)),
              Map.entry("icons.svg", new Asset("/static/icons.svg", SVG)),
              Map.entry("flame.svg", new Asset("/static/flame.svg", SVG)),
              Map.entry(
                  "font/inter-latin-wght-normal.woff2",
                  new Asset("/static/font/inter-latin-wght-normal.woff2", WOFF2)),
              Map.entry(
                  "font/inter-latin-ext-wght-normal.woff2",
                  new Asset("/static/font/inter-latin-ext-wght-normal.woff2", WOFF2)),
              Map.entry("htmx.js", new Asset(WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js", SCRIPT)),
              Map.entry(
                  "echarts.js", new Asset(WEBJARS + "echarts/5.5.0/echarts.common.min.js", SCRIPT)),
              Map.entry("swagger-ui.js", new Asset(SWAGGER_UI + "swagger-ui-bundle.js", SCRIPT)),
              Map.entry("swagger-ui.css", new Asset(SWAGGER_UI + "swagger-ui.css", CSS))));

  private final String root = "/assets/" + digest() + "/";

  /** The address of a file. */
  String path(String name) {
    if (!FILES.containsKey(name)) {
      throw new IllegalArgumentException("No asset " + name);
    }
    return root + name;
  }

  /** Empty if there is no file of this name. */
  Optional<Asset> find(String name) {
    return Optional.ofNullable(FILES.get(name));
  }

  /** Whether a path has the version of the files as they are now. */
  boolean isCurrent(String path) {
    return path.startsWith(root);
  }

  private static String digest() {
    MessageDigest digest = Digest.sha256();
    try {
      byte[] buffer = new byte[64 * 1024];
      for (Asset file : FILES.values()) {
        try (InputStream in = file.open()) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }
}
