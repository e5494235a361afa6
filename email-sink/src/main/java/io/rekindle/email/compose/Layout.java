package io.rekindle.email.compose;

import io.rekindle.email.Brand;
import io.rekindle.email.Colour;
import io.rekindle.email.Email;
import io.rekindle.email.LogoImage;
import io.rekindle.email.SingleLine;
import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes a whole document of an email's content, as HTML and as plain text. It adds the brand, the
 * one button, the reason why the reader gets the email, the unsubscribe link and the postal
 * address. Both writers use it, and neither can change it.
 */
public final class Layout {

  private static final String HTML = Resources.get(Layout.class, "email.html");
  private static final String ITEMS = Resources.get(Layout.class, "items.html");
  private static final String ITEM = Resources.get(Layout.class, "item.html");
  private static final String TEXT = Resources.get(Layout.class, "email.txt");

  private static final Colour DARK_PAPER = Colour.parse("#2a2622");

  /** Of the text's colour in that of the paper: lines between suggestions. */
  private static final double LINE_SHARE = 0.86;

  /** From an accent to its brightest form, and from there to white. */
  private static final int STEPS = 20;

  private final LayoutSettings settings;

  public Layout(LayoutSettings settings) {
    this.settings = settings;
  }

  /** Lays out an email in the brand of a shop that has chosen none. */
  public Email compose(String episodeId, EmailContent content) {
    return compose(episodeId, Brand.DEFAULT, content);
  }

  /** Lays out an email in the look of a brand. */
  public Email compose(String episodeId, Brand brand, EmailContent content) {
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
    String footer = brand.footer() == null ? "" : brand.footer();

    Map<String, String> styles = styles(brand);
    Map<String, String> escaped = new HashMap<>(styles);
    values.forEach((key, value) -> escaped.put(key, EmailHtml.escape(value)));
    escaped.put("body", styled(content.body()));
    escaped.put("items", htmlItems(content, styles));
    escaped.put("heading", heading(brand));
    escaped.put("footer", footer.isEmpty() ? "" : EmailHtml.escape(footer) + "<br>\n");
    values.put("body", EmailHtml.text(content.body()));
    values.put("items", textItems(content));
    values.put("footer", footer.isEmpty() ? "" : footer + "\n");
    return new Email(
        subject,
        preheader,
        Placeholders.BRACES.fill(HTML, escaped),
        Placeholders.BRACES.fill(TEXT, values));
  }

  /** Colours and fonts are no texts of people, and need no escaping. */
  private static Map<String, String> styles(Brand brand) {
    Brand.Palette palette = brand.palette();
    Map<String, String> styles = new HashMap<>();
    styles.put("background", palette.background().toString());
    styles.put("paper", palette.paper().toString());
    styles.put("ink", palette.text().toString());
    styles.put("accent", palette.accent().toString());
    styles.put("buttonText", palette.buttonText().toString());
    styles.put("footerText", palette.footerText().toString());
    styles.put("line", palette.text().mixedWith(palette.paper(), LINE_SHARE).toString());
    styles.put("darkAccent", onDark(palette.accent()).toString());
    styles.put("headingFont", brand.headingFont().stack());
    styles.put("bodyFont", brand.bodyFont().stack());
    return styles;
  }

  /** The colour, made brighter and then lighter until it can be read on the dark paper. */
  static Colour onDark(Colour accent) {
    Colour bright = accent.brightest();
    Colour light = accent;
    for (int step = 1; light.contrastWith(DARK_PAPER) < Brand.MIN_CONTRAST; step++) {
      light =
          step <= STEPS
              ? accent.mixedWith(bright, (double) step / STEPS)
              : bright.mixedWith(Colour.WHITE, (double) (step - STEPS) / STEPS);
    }
    return light;
  }

  private String heading(Brand brand) {
    String source = brand.logoData() != null ? "cid:" + LogoImage.CONTENT_ID : brand.logoUrl();
    String name = EmailHtml.escape(settings.shopName());
    return source == null
        ? name
        : "<img src=\"%s\" alt=\"%s\" height=\"48\" style=\"%s\">"
            .formatted(
                EmailHtml.escape(source),
                name,
                "display:block;height:48px;width:auto;max-width:100%;border:0;");
  }

  /** Mail programs that drop style sheets keep the style attributes of elements. */
  private static String styled(String body) {
    return body.replace("<p>", "<p style=\"margin:0 0 16px 0;\">")
        .replace("<ul>", "<ul style=\"margin:0 0 16px 0;padding:0 0 0 22px;\">")
        .replace("<ol>", "<ol style=\"margin:0 0 16px 0;padding:0 0 0 22px;\">")
        .replace("<li>", "<li style=\"margin:0 0 6px 0;\">");
  }

  private static String htmlItems(EmailContent content, Map<String, String> styles) {
    if (content.items().isEmpty()) {
      return "";
    }
    StringBuilder rows = new StringBuilder();
    for (EmailContent.Item item : content.items()) {
      Map<String, String> row = new HashMap<>(styles);
      row.put("category", EmailHtml.escape(item.category()));
      row.put("text", EmailHtml.escape(item.text()));
      rows.append(Placeholders.BRACES.fill(ITEM, row));
    }
    Map<String, String> table = new HashMap<>(styles);
    table.put("heading", EmailHtml.escape(content.language().items()));
    table.put("rows", rows.toString());
    return Placeholders.BRACES.fill(ITEMS, table);
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
