package io.rekindle.email.sender.web;

import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.util.Base64;
import java.util.Map;

/** The pages for readers: plain HTML without scripts, images or anything from other servers. */
final class UnsubscribePage {

  private static final String STYLE =
      Resources.get(UnsubscribePage.class, "unsubscribe.css").replace("\n", "");

  private static final String PAGE = Resources.get(UnsubscribePage.class, "unsubscribe.html");

  /** A page may only show itself and send its own form. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + hash(STYLE)
          + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  /** Only the button unsubscribes, since mail scanners open every link. */
  static final String QUESTION =
      page(
          "No more of these emails?",
          """
          <p>One click, and we will not write to you again. You can still order as always.</p>
          <form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">Unsubscribe</button></form>
          """);

  static final String DONE =
      page(
          "You are unsubscribed",
          "<p>We will not write to you again. It holds from this moment on.</p>");

  /** The fault of the link stays unnamed. */
  static final String NOT_FOUND =
      page(
          "There is nothing here",
          "<p>This link does not lead anywhere. If it is from an email, please open it from there"
              + " once more: the whole of it is needed.</p>");

  static final String TRY_AGAIN =
      page(
          "That did not work yet",
          "<p>You are not unsubscribed yet, and it is our fault. Please try again in a minute.</p>");

  static final String REFUSED =
      page("That is not understood", "<p>Please open the link from the email once more.</p>");

  private UnsubscribePage() {}

  private static String page(String title, String content) {
    return Placeholders.BRACES.fill(
        PAGE, Map.of("title", title, "style", STYLE, "content", content.strip()));
  }

  private static String hash(String style) {
    return Base64.getEncoder().encodeToString(Digest.of(style));
  }
}
