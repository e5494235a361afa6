package io.rekindle.dashboard.emails;

import io.rekindle.email.LogoImage;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * The HTML of an email, as a frame of a page shows it.
 *
 * @param logoUrl https address of the logo of its brand; null for none
 * @param logoData the logo that its message carries, as a {@code data:} URI; null for none
 */
public record EmailDocument(String html, String logoUrl, String logoData) {

  private static final String CARRIED = "cid:" + LogoImage.CONTENT_ID;
  private static final Pattern DARK =
      Pattern.compile("@media\\s*\\(\\s*prefers-color-scheme:\\s*dark\\s*\\)");

  /** What a mail program prefers. */
  public enum Scheme {
    LIGHT,
    DARK
  }

  /**
   * What the document may load: nothing but its logo. It runs no script. The page around it may
   * measure it, so it has the page's origin.
   */
  public String securityPolicy() {
    String logo = logoUrl == null ? "" : " " + origin(logoUrl);
    return "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline';"
        + " img-src data:"
        + logo
        + "; frame-ancestors 'self'";
  }

  /** The document with the logo that its message carries. */
  public String withLogo() {
    return logoData == null ? html : html.replace(CARRIED, logoData);
  }

  /**
   * The document as a mail program of that scheme shows it. A frame cannot choose its own, so the
   * condition of the style sheet is decided here.
   *
   * @param scheme null for that of the browser
   */
  public String shown(Scheme scheme) {
    String document = withLogo();
    if (scheme == null) {
      return document;
    }
    String decided =
        DARK.matcher(document).replaceAll(scheme == Scheme.DARK ? "@media all" : "@media not all");
    return decided.replace(
        "color-scheme: light dark", "color-scheme: " + (scheme == Scheme.DARK ? "dark" : "light"));
  }

  private static String origin(String url) {
    URI uri = URI.create(url);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }
}
