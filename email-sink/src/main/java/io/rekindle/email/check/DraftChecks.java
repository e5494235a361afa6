package io.rekindle.email.check;

import io.rekindle.email.CheckResult;
import io.rekindle.email.SingleLine;
import io.rekindle.email.compose.EmailContent;
import io.rekindle.email.compose.EmailHtml;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.SafeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks a draft before it becomes an email. Every check runs each time, so that a repair receives
 * all faults at once.
 */
public final class DraftChecks {

  private static final int MIN_TEXT = 60;
  private static final int MAX_TEXT = 2_500;
  private static final int MAX_NAMED = 3;

  /** Longer than any line that fits the schema. */
  private static final int MAX_LINE = 10_000;

  /** With fewer words, frequent words do not show the language. */
  private static final int MIN_WORDS = 25;

  private static final int MAX_DETAIL = 300;

  /** Stands for the client's name while the HTML is cleaned; no checked text contains it. */
  private static final String NAME_MARK = "\uE000";

  private static final Pattern MARKUP = Pattern.compile("<[/!?\\p{L}]|&(?:#|\\w+;)|\\*\\*|^#+ ");
  private static final Pattern PHONE =
      Pattern.compile("(?<![\\p{L}\\p{Nd}])\\+?\\(?\\p{Nd}[\\p{Nd} ()./\\u00a0-]{5,}\\p{Nd}");
  private static final int PHONE_DIGITS = 7;

  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "[{}]|\\[[^\\]]*]|<<|>>|%\\w+%|\\$\\p{L}|\\b__|__\\b|\\b(?:lorem ipsum|todo|tbd|x{3,})\\b"
              + "|\\b(?:your|client|customer|shop|first|last) ?name\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}\\x1C-\\x1F]+");
  private static final Pattern WORD = Pattern.compile("[\\p{L}']+");

  private DraftChecks() {}

  /**
   * The results of all checks.
   *
   * @param checks in the order they were made
   * @param content null if any check failed
   */
  public record Result(List<CheckResult> checks, EmailContent content) {

    public boolean passed() {
      return content != null;
    }
  }

  public static Result evaluate(LlmDraft draft, PromptInput input) {
    List<CheckResult> checks = new ArrayList<>();
    boolean marked = draft.body().contains(NAME_MARK);
    EmailHtml.Sanitized body = EmailHtml.sanitize(draft.body().replace(LlmDraft.NAME, NAME_MARK));
    String bodyText = EmailHtml.text(body.html()).replace(NAME_MARK, LlmDraft.NAME);

    List<String> lines = lines(draft);
    List<String> texts = new ArrayList<>(lines);
    texts.add(bodyText);

    checks.add(
        check(
            "characters",
            marked ? "a private character" : characters(lines, draft.body(), bodyText)));
    checks.add(check("length", length(bodyText)));
    checks.add(check("html", html(body, lines)));
    checks.add(check("links", links(draft, body, texts)));
    checks.add(check("placeholders", placeholders(draft, bodyText, input)));
    checks.add(check("items", items(draft, input)));
    List<String> names = new ArrayList<>(input.categories());
    names.add(input.shopName());
    checks.addAll(
        new FactCheck(input.language(), input.facts(), names, input.offer()).check(texts));
    checks.add(language(bodyText, input.language()));

    boolean passed = checks.stream().allMatch(CheckResult::passed);
    return new Result(checks, passed ? content(draft, body.html(), input) : null);
  }

  /** Holds finished texts, such as the template's, to what a model's texts are held to. */
  public static List<CheckResult> evaluate(EmailContent content, PromptInput input) {
    String name = input.name();
    String body = content.body();
    UnaryOperator<String> unnamed = text -> text;
    if (!name.isEmpty()) {
      body = body.replace("<bdi>" + EmailHtml.escape(name) + "</bdi>", LlmDraft.NAME);
      unnamed = text -> text.replace(name, LlmDraft.NAME);
    }
    LlmDraft draft =
        new LlmDraft(
            unnamed.apply(content.subject()),
            unnamed.apply(content.preheader()),
            body,
            content.action(),
            PromptInput.SHOP_LINK,
            content.items());
    return evaluate(draft, input).checks();
  }

  private static EmailContent content(LlmDraft draft, String body, PromptInput input) {
    String name = input.name();
    return new EmailContent(
        input.language(),
        draft.subject().replace(LlmDraft.NAME, name),
        draft.preheader().replace(LlmDraft.NAME, name),
        body.replace(NAME_MARK, "<bdi>" + EmailHtml.escape(name) + "</bdi>"),
        draft.items(),
        draft.action());
  }

  private static List<String> lines(LlmDraft draft) {
    return Stream.concat(
            Stream.of(draft.subject(), draft.preheader(), draft.action()),
            draft.items().stream().flatMap(item -> Stream.of(item.category(), item.text())))
        .toList();
  }

  private static CheckResult check(String name, String fault) {
    String detail =
        fault != null && fault.length() > MAX_DETAIL ? fault.substring(0, MAX_DETAIL) : fault;
    return new CheckResult(name, fault == null, detail);
  }

  private static String characters(List<String> lines, String body, String bodyText) {
    if (lines.stream().anyMatch(line -> line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0)) {
      return "a line break outside the body";
    }
    Stream<String> all =
        Stream.of(lines.stream(), body.lines(), bodyText.lines()).flatMap(part -> part);
    return all.allMatch(DraftChecks::isPlain)
        ? null
        : "control, invisible or misleading characters";
  }

  /** Whether a reader sees the whole line, apart from spaces. */
  private static boolean isPlain(String line) {
    return SingleLine.of(line, MAX_LINE).equals(SPACES.matcher(line).replaceAll(" ").strip());
  }

  private static String length(String bodyText) {
    int length = bodyText.length();
    return length < MIN_TEXT || length > MAX_TEXT
        ? "the body has " + length + " characters of text, not " + MIN_TEXT + " to " + MAX_TEXT
        : null;
  }

  private static String html(EmailHtml.Sanitized body, List<String> lines) {
    if (!body.refused().isEmpty()) {
      return "not allowed in the body: " + String.join(" ", body.refused());
    }
    if (!body.html().contains("<p>")) {
      return "the body has no paragraph";
    }
    return lines.stream().anyMatch(line -> MARKUP.matcher(line).find())
        ? "markup outside the body"
        : null;
  }

  private static String links(LlmDraft draft, EmailHtml.Sanitized body, List<String> texts) {
    if (!draft.linkId().equals(PromptInput.SHOP_LINK)) {
      return "link_id is not " + PromptInput.SHOP_LINK;
    }
    if (body.refused().stream().anyMatch(tag -> tag.startsWith("<a>") || tag.contains(" href"))) {
      return "a link in the body";
    }
    for (String text : texts) {
      String rest = text.replace(LlmDraft.NAME, " ");
      if (SafeFacts.hasLink(rest)) {
        return "an address of the web or of email";
      }
      Matcher phone = PHONE.matcher(rest);
      while (phone.find()) {
        long digits = phone.group().codePoints().filter(Character::isDigit).count();
        if (digits >= PHONE_DIGITS && !isDate(phone.group())) {
          return "a telephone number";
        }
      }
    }
    return null;
  }

  /** Whether the digits have the form of a date. */
  private static boolean isDate(String digits) {
    return digits.strip().matches("\\d{4}-\\d{1,2}-\\d{1,2}|\\d{1,2}[./-] ?\\d{1,2}[./-] ?\\d{4}");
  }

  private static String placeholders(LlmDraft draft, String bodyText, PromptInput input) {
    List<String> named = List.of(draft.subject(), draft.preheader(), bodyText);
    long names =
        named.stream()
            .mapToLong(text -> text.split(Pattern.quote(LlmDraft.NAME), -1).length - 1)
            .sum();
    if (names > 0 && input.name().isEmpty()) {
      return LlmDraft.NAME + " although no name is known";
    }
    if (names > MAX_NAMED) {
      return LlmDraft.NAME + " more than " + MAX_NAMED + " times";
    }
    Stream<String> rest =
        Stream.concat(
            named.stream().map(text -> text.replace(LlmDraft.NAME, " ")),
            lines(draft).stream().skip(2));
    return rest.flatMap(text -> PLACEHOLDER.matcher(text).results())
        .map(MatchResult::group)
        .findFirst()
        .map(found -> "left to be filled in: " + found)
        .orElse(null);
  }

  private static String items(LlmDraft draft, PromptInput input) {
    for (EmailContent.Item item : draft.items()) {
      if (!input.categories().contains(item.category())) {
        return "not one of the categories: " + item.category();
      }
    }
    return draft.items().isEmpty() && !input.categories().isEmpty() ? "no suggestion" : null;
  }

  /** Compares the most frequent words, few of which occur in texts of other languages. */
  private static CheckResult language(String bodyText, Language expected) {
    List<String> words =
        WORD.matcher(bodyText.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
    if (words.size() < MIN_WORDS) {
      return new CheckResult("language", true, "too short to tell");
    }
    Map<String, Long> hits = new TreeMap<>();
    for (Language language : Language.all()) {
      hits.put(language.code(), words.stream().filter(language.stopWords()::contains).count());
    }
    long own = hits.get(expected.code());
    List<String> nearer =
        hits.entrySet().stream()
            .filter(entry -> entry.getValue() > own)
            .map(Map.Entry::getKey)
            .collect(Collectors.toList());
    if (own * 12 < words.size()) {
      return new CheckResult("language", false, "not " + expected.name());
    }
    return new CheckResult(
        "language",
        nearer.isEmpty(),
        nearer.isEmpty() ? null : "not " + expected.name() + ", rather " + nearer);
  }
}
