package io.rekindle.email.sender.mail;

import io.rekindle.platform.text.Resources;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of {@code refusal-rules.txt} that tell whose matter a refusal is. They look at the
 * refused command, the reply code, the enhanced status code (RFC 3463) and the words. The words
 * come first: servers use the same codes for a closed mailbox and for a sender on a block list.
 */
final class RefusalRules {

  private static final List<Rule> RULES =
      Resources.get(RefusalRules.class, "refusal-rules.txt")
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Rule::parse)
          .toList();

  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s<>()\\[\\],;:\"]+@[^\\s<>()\\[\\],;:\"]+");

  private static final Pattern ENHANCED =
      Pattern.compile("^[45]\\d\\d[ -]+['#]?([245]\\.\\d{1,3}\\.\\d{1,3})\\b");

  /** Older servers write the enhanced code behind the words. */
  private static final Pattern ENHANCED_BEHIND = Pattern.compile("#([245]\\.\\d{1,3}\\.\\d{1,3})");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private RefusalRules() {}

  private record Rule(
      RefusalMatter matter,
      List<String> commands,
      List<String> codes,
      List<String> enhanced,
      Pattern words) {

    static Rule parse(String line) {
      String[] columns = line.split(" \\| ", 5);
      return new Rule(
          RefusalMatter.valueOf(columns[0]),
          List.of(columns[1].split(",")),
          List.of(columns[2].split(",")),
          List.of(columns[3].split(",")),
          columns[4].equals("*") ? null : Pattern.compile(columns[4]));
    }

    boolean holds(String command, String code, String enhancedCode, String text) {
      return (commands.contains("*") || commands.contains(command))
          && codes.stream().anyMatch(required -> required.equals("*") || code.startsWith(required))
          && enhanced.stream().anyMatch(required -> isOf(required, enhancedCode))
          && (words == null || words.matcher(text).find());
    }

    private static boolean isOf(String required, String enhancedCode) {
      return required.equals("*")
          || required.equals(enhancedCode)
          || enhancedCode.startsWith(required + ".")
          || (required.endsWith("*")
              && enhancedCode.startsWith(required.substring(0, required.length() - 1)));
    }
  }

  static RefusalMatter of(SmtpReply reply) {
    String code = Integer.toString(reply.code());
    String command = reply.command().isEmpty() ? "CONNECT" : reply.command();
    String enhanced = enhancedCode(reply.text());
    String text = words(reply.text(), code);
    for (Rule rule : RULES) {
      if (rule.holds(command, code, enhanced, text)) {
        return rule.matter();
      }
    }
    throw new IllegalStateException("the last rule of refusal-rules.txt holds for any reply");
  }

  /** A hyphen stands for none. */
  private static String enhancedCode(String text) {
    Matcher enhanced = ENHANCED.matcher(text);
    if (enhanced.find()) {
      return enhanced.group(1);
    }
    Matcher behind = ENHANCED_BEHIND.matcher(text);
    return behind.find() ? behind.group(1) : "-";
  }

  /**
   * The words of all lines in one, without the codes before each and without addresses: a mailbox
   * may be called spam.
   */
  private static String words(String text, String code) {
    String withoutAddresses = ADDRESS.matcher(text).replaceAll("");
    String withoutCodes =
        withoutAddresses.replaceAll(
            "(?<!\\d)" + code + "[- ](?:#?[245]\\.\\d{1,3}\\.\\d{1,3}(?= |$))?", "");
    return SPACE.matcher(withoutCodes).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
  }
}
