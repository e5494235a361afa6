package io.rekindle.email.compose;

import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.WrittenEmail;
import io.rekindle.platform.text.Resources;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Writes the same email for the same facts without a model: the fallback when a model gives no
 * draft. All its emails are in English.
 *
 * <p>Facts are not trusted. They appear as text only. A fact that reads like a link or an address
 * is left out, since mail programs turn such text into links.
 */
public final class TemplateEmailWriter implements EmailWriter {

  /** Few enough suggestions to read at a glance. */
  private static final int MAX_ITEMS = 3;

  /** The least number of orders that counts as loyalty. */
  private static final int LOYAL_ORDERS = 3;

  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH);

  /** Invitations by the words of a category's name; the first that fits counts. */
  private static final List<Invitation> INVITATIONS =
      Resources.get(TemplateEmailWriter.class, "invitations.txt")
          .lines()
          .map(Invitation::parse)
          .toList();

  private static final String DEFAULT_INVITATION =
      "We have put aside a few things that we think you will like.";

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
    EmailFacts facts = request.facts();
    String name = SafeFacts.name(facts.name(), Language.of(facts.locale()));
    List<String> categories =
        SafeFacts.categories(facts.preferredCategories(), Language.ENGLISH).stream()
            .limit(MAX_ITEMS)
            .toList();
    String favourite = categories.isEmpty() ? "" : categories.get(0);
    String offer = request.variant().offer();

    StringBuilder body = new StringBuilder();
    body.append("<p>")
        .append(name.isEmpty() ? "Hello," : "Hello <bdi>" + EmailHtml.escape(name) + "</bdi>,")
        .append("</p>\n");
    paragraph(body, opening(facts));
    if (offer != null && !offer.isBlank()) {
      paragraph(body, offer.strip());
    }
    paragraph(body, selection(categories));
    paragraph(body, "Warm regards,\n" + settings.shopName());

    return layout.compose(
        request.episodeId(),
        new EmailContent(
            Language.ENGLISH,
            subject(name, favourite),
            invitation(favourite),
            body.toString().strip(),
            items(categories),
            favourite.isEmpty() ? "See what is new" : "See what is new in " + favourite));
  }

  private static void paragraph(StringBuilder body, String text) {
    body.append("<p>").append(EmailHtml.escape(text).replace("\n", "<br>")).append("</p>\n");
  }

  /** One for each category, in its own words as long as there are any. */
  private static List<EmailContent.Item> items(List<String> categories) {
    List<EmailContent.Item> items = new ArrayList<>();
    for (String category : categories) {
      String text = invitation(category);
      boolean alreadyUsed = items.stream().anyMatch(item -> item.text().equals(text));
      items.add(new EmailContent.Item(category, alreadyUsed ? "Just in, and worth a look." : text));
    }
    return items;
  }

  private String subject(String name, String favourite) {
    String headline =
        favourite.isEmpty()
            ? "there is something new at " + settings.shopName()
            : "there is something new in " + favourite;
    return name.isEmpty()
        ? headline.substring(0, 1).toUpperCase(Locale.ENGLISH) + headline.substring(1)
        : name + ", " + headline;
  }

  private String opening(EmailFacts facts) {
    if (facts.lastOrderAt() == null) {
      return "We would love to show you around " + settings.shopName() + ".";
    }
    String since =
        "Your last order at "
            + settings.shopName()
            + " was in "
            + MONTH.format(facts.lastOrderAt().atZone(facts.zone()))
            + ", and a lot has come in since.";
    return facts.orderCount() < LOYAL_ORDERS
        ? since
        : since + " You have ordered from us " + facts.orderCount() + " times: thank you.";
  }

  private static String invitation(String favourite) {
    return INVITATIONS.stream()
        .filter(invitation -> invitation.words().matcher(favourite).find())
        .map(Invitation::text)
        .findFirst()
        .orElse(DEFAULT_INVITATION);
  }

  private static String selection(List<String> categories) {
    return categories.isEmpty()
        ? "Have a look, and if nothing catches your eye, no harm done."
        : "We have kept our best in " + enumeration(categories) + " together for you.";
  }

  private static String enumeration(List<String> categories) {
    int last = categories.size() - 1;
    return last == 0
        ? categories.get(0)
        : String.join(", ", categories.subList(0, last)) + " and " + categories.get(last);
  }

  private record Invitation(Pattern words, String text) {

    /**
     * Reads a line of the resource.
     *
     * @param line alternatives for a word, a colon and a sentence
     */
    static Invitation parse(String line) {
      String[] parts = line.split(": ", 2);
      Pattern words = Pattern.compile("\\b(" + parts[0] + ")\\b", Pattern.CASE_INSENSITIVE);
      return new Invitation(words, parts[1]);
    }
  }
}
