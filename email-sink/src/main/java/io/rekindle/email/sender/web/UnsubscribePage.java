package io.rekindle.email.sender.web;

import io.rekindle.platform.text.Digest;
import java.util.Base64;

/** The pages that a reader sees: plain HTML without scripts, images or anything from elsewhere. */
final class UnsubscribePage {

  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{margin:0;background:#f4f1ec;color:#2b2622;font:17px/1.5 Helvetica,Arial,sans-serif}
      main{max-width:30rem;margin:12vh auto 0;padding:2rem;background:#fff;border-radius:8px}
      h1{margin:0 0 .75rem;font:normal 1.5rem/1.3 Georgia,'Times New Roman',serif;color:#7a3b1d}
      p{margin:0 0 1.25rem}
      button{font:inherit;font-weight:bold;padding:.7rem 1.4rem;border:0;border-radius:6px;background:#7a3b1d;color:#fff;cursor:pointer}
      button:focus-visible{outline:3px solid #2b2622;outline-offset:2px}
      @media (max-width:34rem){main{margin:0;min-height:100vh;border-radius:0;box-sizing:border-box}}
      @media (prefers-color-scheme:dark){body{background:#1d1a17;color:#eee6dd}main{background:#2b2622}h1{color:#f0b79b}button{background:#f0b79b;color:#2b2622}button:focus-visible{outline-color:#fff}}
      """
          .replace("\n", "");

  /** No page does more than show itself and send its own form back. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + hash(STYLE)
          + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  /** Asks; only the button changes anything, since mail scanners open every link. */
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

  /** Does not say what is wrong with the link. */
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
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>%1$s</title>
        <style>%2$s</style>
        </head>
        <body>
        <main>
        <h1>%1$s</h1>
        %3$s
        </main>
        </body>
        </html>
        """
        .formatted(title, STYLE, content.strip());
  }

  private static String hash(String style) {
    return Base64.getEncoder().encodeToString(Digest.of(style));
  }
}
