package io.rekindle.email.compose;

import io.rekindle.email.Email;
import io.rekindle.email.SingleLine;
import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes a whole document of an email's content: the look, the one button, the reason why the reader
 * gets it, the way out of it and the postal address, as HTML and as plain text. Both writers use
 * it, and no text from elsewhere has a say in it.
 */
public final class Layout {

  private static final String HTML = Resources.get(Layout.class, "email.html");
  private static final String TEXT = Resources.get(Layout.class, "email.txt");

  private final LayoutSettings settings;

  public Layout(LayoutSettings settings) {
    this.settings = settings;
  }

  public Email compose(String emailId, EmailContent content) {
    Language language = content.language();
    String subject = SingleLine.of(content.subject(), Email.MAX_SUBJECT);
    String preheader = SingleLine.of(content.preheader(), Email.MAX_PREHEADER);

    Map<String, String> values = new HashMap<>();
    values.put("lang", language.code());
    values.put("subject", subject);
    values.put("preheader", preheader);
    values.put("shop", settings.shopName());
    values.put("action", content.action());
    values.put("url", settings.shopUrl());
    values.put(
        "because",
        Placeholders.BRACES.fill(language.because(), Map.of("shop", settings.shopName())));
    values.put("unsubscribe", language.unsubscribe());
    values.put("unsubscribeUrl", settings.unsubscribeUrl().apply(emailId));
    values.put("address", settings.postalAddress());

    Map<String, String> escaped = new HashMap<>();
    values.forEach((key, value) -> escaped.put(key, EmailHtml.escape(value)));
    escaped.put("body", styled(content.body()));
    escaped.put("items", htmlItems(content));
    values.put("body", EmailHtml.text(content.body()));
    values.put("items", textItems(content));
    return new Email(
        subject,
        preheader,
        Placeholders.BRACES.fill(HTML, escaped),
        Placeholders.BRACES.fill(TEXT, values));
  }

  /** Mail programs that drop style sheets keep what stands at the element. */
  private static String styled(String body) {
    return body.replace("<p>", "<p style=\"margin:0 0 16px 0;\">")
        .replace("<ul>", "<ul style=\"margin:0 0 16px 0;padding:0 0 0 22px;\">")
        .replace("<ol>", "<ol style=\"margin:0 0 16px 0;padding:0 0 0 22px;\">")
        .replace("<li>", "<li style=\"margin:0 0 6px 0;\">");
  }

  private static String htmlItems(EmailContent content) {
    if (content.items().isEmpty()) {
      return "";
    }
    StringBuilder rows = new StringBuilder();
    rows.append("<tr><td class=\"pad\" style=\"padding:4px 40px 16px 40px;\">\n")
        .append("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"")
        .append(" border=\"0\">\n")
        .append("<tr><td class=\"accent\" style=\"padding:0 0 10px 0;font-family:Georgia,")
        .append("'Times New Roman',serif;font-size:18px;line-height:24px;color:#7a3b1d;\">")
        .append(EmailHtml.escape(content.language().items()))
        .append("</td></tr>\n");
    for (EmailContent.Item item : content.items()) {
      rows.append("<tr><td class=\"line ink\" style=\"padding:12px 0;border-top:1px solid #e6dfd6;")
          .append("font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;")
          .append("color:#2b2622;\"><strong>")
          .append(EmailHtml.escape(item.category()))
          .append("</strong><br>")
          .append(EmailHtml.escape(item.text()))
          .append("</td></tr>\n");
    }
    return rows.append("</table>\n</td></tr>\n").toString();
  }

  private static String textItems(EmailContent content) {
    if (content.items().isEmpty()) {
      return "";
    }
    StringBuilder lines = new StringBuilder(content.language().items()).append(":\n");
    for (EmailContent.Item item : content.items()) {
      lines.append("- ").append(item.category()).append(": ").append(item.text()).append('\n');
    }
    return lines.append('\n').toString();
  }
}
