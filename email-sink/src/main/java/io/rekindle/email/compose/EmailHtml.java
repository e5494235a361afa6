package io.rekindle.email.compose;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.owasp.html.Encoding;
import org.owasp.html.HtmlChangeListener;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/** Fragments of HTML from a few plain elements without attributes. */
public final class EmailHtml {

  private static final PolicyFactory POLICY =
      new HtmlPolicyBuilder()
          .allowElements("p", "br", "strong", "em", "b", "i", "ul", "ol", "li")
          .toFactory();

  private static final HtmlChangeListener<Set<String>> LISTENER =
      new HtmlChangeListener<>() {
        @Override
        public void discardedTag(Set<String> refused, String element) {
          refused.add("<" + element + ">");
        }

        @Override
        public void discardedAttributes(Set<String> refused, String tag, String... attributes) {
          for (String attribute : attributes) {
            refused.add("<" + tag + " " + attribute + ">");
          }
        }
      };

  private static final Pattern BREAK = Pattern.compile("<br ?/?>\\s*");
  private static final Pattern ITEM = Pattern.compile("\\s*<li>\\s*");
  private static final Pattern BLOCK = Pattern.compile("\\s*</?(?:p|ul|ol)>\\s*");
  private static final Pattern TAG = Pattern.compile("<[^>]*>");
  private static final Pattern BLANK_LINES = Pattern.compile("\\n[ \\t]*\\n\\s*");

  private EmailHtml() {}

  /**
   * HTML that is safe to send, and the elements and attributes that it lost.
   *
   * @param html the fragment with allowed elements only, well-formed
   * @param refused elements and attributes that were left out, such as {@code <script>}
   */
  public record Sanitized(String html, Set<String> refused) {}

  public static Sanitized sanitize(String html) {
    Set<String> refused = new LinkedHashSet<>();
    String clean = POLICY.sanitize(html, LISTENER, refused);
    if (html.contains("<!") || html.contains("<?")) {
      refused.add("<!>");
    }
    return new Sanitized(clean, refused);
  }

  /** A sanitized fragment as plain text; paragraphs stand apart, list items have a dash. */
  public static String text(String html) {
    String text = html.replace('\n', ' ');
    text = BREAK.matcher(text).replaceAll("\n");
    text = ITEM.matcher(text).replaceAll("\n- ");
    text = BLOCK.matcher(text).replaceAll("\n\n");
    text = TAG.matcher(text).replaceAll("");
    return BLANK_LINES.matcher(Encoding.decodeHtml(text, false)).replaceAll("\n\n").strip();
  }

  public static String escape(String text) {
    StringBuilder html = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(c);
      }
    }
    return html.toString();
  }
}
