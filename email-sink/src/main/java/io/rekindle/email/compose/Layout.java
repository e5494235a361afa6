package io.rekindle.email.compose;

import io.rekindle.email.Email;
import io.rekindle.email.SingleLine;
import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes a whole document of an email's content, as HTML and as plain text. It adds the look, the
 * one button, the reason why the reader gets the email, the unsubscribe link and the postal
 * address. Both writers use it, and neither can change it.
 */
public final class Layout {

  private static final String HTML = Resources.get(Layout.class, "email.html");
  private static final String ITEMS = Resources.get(Layout.class, "items.html");
  private static final String ITEM = Resources.get(Layout.class, "item.html");
  private static final String TEXT = Resources.get(Layout.class, "email.txt");

  private final LayoutSettings settings;

  public Layout(LayoutSettings settings) {
    this.settings = settings;
  }

  public Email compose(String episodeId, EmailContent content) {
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
    values.put("unsubscribeUrl", settings.unsubscribeUrl().apply(episodeId));
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

  /** Mail programs that drop style sheets keep the style attributes of elements. */
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
    for (EmailContent.Item item : content.items()) {
      rows.append(
          Placeholders.BRACES.fill(
              ITEM,
              Map.of(
                  "category", EmailHtml.escape(item.category()),
                  "text", EmailHtml.escape(item.text()))));
    }
    return Placeholders.BRACES.fill(
        ITEMS,
        Map.of("heading", EmailHtml.escape(content.language().items()), "rows", rows.toString()));
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
