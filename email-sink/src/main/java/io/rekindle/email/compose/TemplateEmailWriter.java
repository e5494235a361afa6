package io.rekindle.email.compose;

import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.WrittenEmail;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Writes the same email for the same facts without a model: the fallback when a model gives no
 * draft. It writes in the client's language.
 *
 * <p>Facts are not trusted. They appear as text only. A fact that reads like a link or an address
 * is left out, since mail programs turn such text into links.
 */
public final class TemplateEmailWriter implements EmailWriter {

  /** Few enough suggestions to read at a glance. */
  private static final int MAX_ITEMS = 3;

  /** The least number of orders that counts as loyalty. */
  private static final int LOYAL_ORDERS = 3;

  private final LayoutSettings settings;
  private final Layout layout;

  public TemplateEmailWriter(LayoutSettings settings) {
    this.settings = settings;
    this.layout = new Layout(settings);
  }

  @Override
  public CompletableFuture<WrittenEmail> write(EmailRequest request) {
    return CompletableFuture.completedFuture(WrittenEmail.byTemplate(compose(request)));
  }

  @Override
  public void close() {}

  /** The email itself, for a writer that falls back to the template. */
  public Email compose(EmailRequest request) {
    return layout.compose(request.episodeId(), request.brand(), content(request));
  }

  /** The texts of the email. */
  public EmailContent content(EmailRequest request) {
    EmailFacts facts = request.facts();
    Language language = Language.of(facts.locale());
    TemplateTexts texts = TemplateTexts.of(language);
    String name = SafeFacts.name(facts.name(), language);
    List<String> categories =
        SafeFacts.categories(facts.preferredCategories(), language).stream()
            .limit(MAX_ITEMS)
            .toList();
    String favourite = categories.isEmpty() ? "" : categories.get(0);
    String offer = request.variant().offer();

    StringBuilder body = new StringBuilder();
    body.append("<p>").append(greeting(texts, name)).append("</p>\n");
    paragraph(body, opening(texts, facts));
    if (offer != null && !offer.isBlank()) {
      paragraph(body, offer.strip());
    }
    paragraph(body, selection(texts, categories));
    paragraph(body, texts.get("regards") + "\n" + settings.shopName());

    return new EmailContent(
        language,
        subject(texts, name, favourite),
        texts.invitation(favourite),
        body.toString().strip(),
        items(texts, categories),
        favourite.isEmpty()
            ? texts.get("action")
            : texts.get("action.category", "category", favourite));
  }

  private static String greeting(TemplateTexts texts, String name) {
    return name.isEmpty()
        ? EmailHtml.escape(texts.get("hello"))
        : texts.get("hello.name", "name", "<bdi>" + EmailHtml.escape(name) + "</bdi>");
  }

  private static void paragraph(StringBuilder body, String text) {
    body.append("<p>").append(EmailHtml.escape(text).replace("\n", "<br>")).append("</p>\n");
  }

  /** One for each category, in its own words as long as there are any. */
  private static List<EmailContent.Item> items(TemplateTexts texts, List<String> categories) {
    List<EmailContent.Item> items = new ArrayList<>();
    for (String category : categories) {
      String text = texts.invitation(category);
      boolean alreadyUsed = items.stream().anyMatch(item -> item.text().equals(text));
      items.add(
          new EmailContent.Item(category, alreadyUsed ? texts.get("invitation.again") : text));
    }
    return items;
  }

  private String subject(TemplateTexts texts, String name, String favourite) {
    return texts.get(
        "subject" + (favourite.isEmpty() ? "" : ".category") + (name.isEmpty() ? "" : ".name"),
        "name",
        name,
        "category",
        favourite,
        "shop",
        settings.shopName());
  }

  private String opening(TemplateTexts texts, EmailFacts facts) {
    if (facts.lastOrderAt() == null) {
      return texts.get("opening.new", "shop", settings.shopName());
    }
    String since =
        texts.get(
            "opening.since",
            "shop",
            settings.shopName(),
            "month",
            texts.month(facts.lastOrderAt().atZone(facts.zone()).toLocalDate()));
    return facts.orderCount() < LOYAL_ORDERS
        ? since
        : since + " " + texts.plural("orders", facts.orderCount());
  }

  private static String selection(TemplateTexts texts, List<String> categories) {
    return categories.isEmpty()
        ? texts.get("selection.none")
        : texts.plural(
            "selection", categories.size(), "categories", enumeration(texts, categories));
  }

  private static String enumeration(TemplateTexts texts, List<String> categories) {
    int last = categories.size() - 1;
    return last == 0
        ? categories.get(0)
        : String.join(", ", categories.subList(0, last))
            + " "
            + texts.get("and")
            + " "
            + categories.get(last);
  }
}
