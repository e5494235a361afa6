package io.rekindle.email;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the same good email for the same facts, without asking anybody: the fallback when nothing
 * cleverer answers. In English, whatever the locale.
 *
 * <p>Facts are never trusted. They appear as text only, and one that reads like a link or an
 * address is left out, since mail programs turn such text into links.
 */
public final class TemplateEmailWriter implements EmailWriter {

  private static final int MAX_NAME = 30;
  private static final int MAX_CATEGORY = 24;

  /** From here on thanking somebody for their loyalty is true. */
  private static final int LOYAL_ORDERS = 3;

  private static final Pattern UNQUOTABLE =
      Pattern.compile("[{}]|://|@|\\bwww\\.|[\\p{L}\\p{N}]\\.\\p{L}{2,}", Pattern.CASE_INSENSITIVE);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");
  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH);

  /** What to look forward to, by the words of a category's name; the first that fits. */
  private static final List<Invitation> INVITATIONS =
      List.of(
          new Invitation("books?|novels?|reading", "A good read is waiting for a quiet evening."),
          new Invitation("coffee|teas?", "The next cup could be one you have not tried yet."),
          new Invitation("wines?", "There are new bottles worth opening with company."),
          new Invitation(
              "garden(ing)?|plants?",
              "There is always something to plant, and we have picked what thrives."),
          new Invitation("kitchen(ware)?", "New tools and new ideas for the table have come in."),
          new Invitation(
              "home(ware)?|furniture|decor",
              "Small things change a room, and some new ones have come in."),
          new Invitation(
              "food|grocer(y|ies)",
              "New flavours have come in, and a few old favourites are back."),
          new Invitation(
              "beauty|cosmetics", "Old favourites are back in stock, beside a few new ones."),
          new Invitation(
              "cloth(es|ing)|fashion",
              "The new season is here, and so are the pieces that always fit."),
          new Invitation(
              "shoes?", "New pairs have come in, made for walking as much as for looking."),
          new Invitation(
              "sports?(wear)?|fitness", "New gear has come in for whatever you train for next."),
          new Invitation("outdoors?", "New gear has come in for wherever you go next."),
          new Invitation(
              "electronics?", "The latest has arrived, tried by us before it went on the shelf."),
          new Invitation(
              "toys?|games?", "There is something new to unpack, for small hands and larger ones."),
          new Invitation("pets?", "There is something new for the one who greets you at the door."),
          new Invitation(
              "music|vinyl", "New sounds have come in, and a few that were long sold out."));

  private static final String HTML = resource("email.html");
  private static final String TEXT = resource("email.txt");

  private final LayoutSettings settings;

  public TemplateEmailWriter(LayoutSettings settings) {
    this.settings = settings;
  }

  @Override
  public CompletableFuture<WrittenEmail> write(EmailRequest request) {
    return CompletableFuture.completedFuture(WrittenEmail.byTemplate(compose(request)));
  }

  @Override
  public void close() {}

  /** The email at once, for a writer that falls back to this one. */
  Email compose(EmailRequest request) {
    EmailFacts facts = request.facts();
    String name = quotable(facts.name(), MAX_NAME);
    List<String> categories =
        facts.preferredCategories().stream()
            .map(category -> quotable(category, MAX_CATEGORY))
            .filter(category -> !category.isEmpty())
            .distinct()
            .limit(3)
            .toList();
    String favourite = categories.isEmpty() ? "" : categories.get(0);

    String subject = OneLine.of(subject(name, favourite), Email.MAX_SUBJECT);
    String preheader = OneLine.of(invitation(favourite), Email.MAX_PREHEADER);

    Map<String, String> values = new HashMap<>();
    values.put("subject", subject);
    values.put("preheader", preheader);
    values.put("greeting", name.isEmpty() ? "Hello," : "Hello " + name + ",");
    values.put("opening", opening(facts));
    values.put("invitation", invitation(favourite));
    values.put("selection", selection(categories));
    values.put(
        "action", favourite.isEmpty() ? "See what is new" : "See what is new in " + favourite);
    values.put("shop", settings.shopName());
    values.put("shopUrl", settings.shopUrl());
    values.put("unsubscribeUrl", settings.unsubscribeUrl().apply(request.emailId()));
    values.put("address", settings.postalAddress());

    Map<String, String> escaped = new HashMap<>();
    values.forEach((key, value) -> escaped.put(key, escape(value)));
    return new Email(subject, preheader, fill(HTML, escaped), fill(TEXT, values));
  }

  private String subject(String name, String favourite) {
    String news =
        favourite.isEmpty()
            ? "there is something new at " + settings.shopName()
            : "there is something new in " + favourite;
    return name.isEmpty()
        ? news.substring(0, 1).toUpperCase(Locale.ENGLISH) + news.substring(1)
        : name + ", " + news;
  }

  private String opening(EmailFacts facts) {
    if (facts.lastOrderAt() == null) {
      return "We would love to show you around " + settings.shopName() + ".";
    }
    String since =
        "Your last order at "
            + settings.shopName()
            + " was in "
            + MONTH.format(facts.lastOrderAt().atZone(zone(facts.timeZone())))
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
        .orElse("We have put aside a few things that we think you will like.");
  }

  private static String selection(List<String> categories) {
    return switch (categories.size()) {
      case 0 -> "Have a look, and if nothing catches your eye, no harm done.";
      case 1 -> "We have kept our best in " + categories.get(0) + " together for you.";
      case 2 ->
          "We have kept our best in "
              + categories.get(0)
              + " and "
              + categories.get(1)
              + " together for you.";
      default ->
          "We have kept our best in "
              + categories.get(0)
              + ", "
              + categories.get(1)
              + " and "
              + categories.get(2)
              + " together for you.";
    };
  }

  private static String quotable(String fact, int limit) {
    String line = OneLine.of(fact, limit);
    boolean says = line.codePoints().anyMatch(Character::isLetterOrDigit);
    return says && !UNQUOTABLE.matcher(line).find() ? line : "";
  }

  private static ZoneId zone(String timeZone) {
    try {
      return timeZone == null ? ZoneOffset.UTC : ZoneId.of(timeZone);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC; // A month is named; a zone that nobody knows must not cost the email.
    }
  }

  /** In one pass, so that a fact that looks like a placeholder stays what it is. */
  private static String fill(String template, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            placeholder -> {
              String value = values.get(placeholder.group(1));
              if (value == null) {
                throw new IllegalStateException("no value for " + placeholder.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }

  private static String escape(String text) {
    StringBuilder html = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.appendCodePoint(c);
              }
            });
    return html.toString();
  }

  private static String resource(String name) {
    try (InputStream stream = TemplateEmailWriter.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Invitation(Pattern words, String text) {

    Invitation(String words, String text) {
      this(Pattern.compile("\\b(" + words + ")\\b", Pattern.CASE_INSENSITIVE), text);
    }
  }
}
