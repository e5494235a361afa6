package io.rekindle.email.sender.mail;

import io.rekindle.email.SingleLine;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Addresses that get mail: a dot-atom, an at sign and a domain (RFC 5321 section 4.1.2, without
 * quoted strings and address literals). Other addresses get none: no part of an address is escaped
 * or repaired. Only servers that offer SMTPUTF8 (RFC 6531) take letters other than ASCII left of
 * the at sign. Right of it, they become ASCII by UTS 46 without its transitional rules, as IDNA
 * 2008 has it: {@code faß.example} is another domain than {@code fass.example}.
 */
public final class MailAddress {

  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final Pattern LOCAL = Pattern.compile(ATOM + "(\\." + ATOM + ")*");
  private static final String UTF8_ATOM =
      "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\x{a1}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{fdf0}-\\x{ffef}\\x{10000}-\\x{dffff}]+";
  private static final Pattern UTF8_LOCAL = Pattern.compile(UTF8_ATOM + "(\\." + UTF8_ATOM + ")*");

  /** What may stand in a domain before it becomes ASCII: nothing that a URL would decode. */
  private static final Pattern RAW_DOMAIN = Pattern.compile("[A-Za-z0-9.\\-\\x{80}-\\x{10ffff}]+");

  private static final Pattern DOMAIN =
      Pattern.compile(
          "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  private static final int MAX_ADDRESS = 254;
  private static final int MAX_LOCAL = 64;
  private static final int MAX_DOMAIN = 253;

  private MailAddress() {}

  /**
   * The address as it goes to any server, with the domain in its ASCII form; empty if it is not
   * valid, or only for servers with SMTPUTF8.
   */
  public static Optional<String> parse(String text) {
    return parseInternational(text).filter(MailAddress::isAscii);
  }

  /** The same, also with other letters than ASCII left of the at sign. */
  public static Optional<String> parseInternational(String text) {
    if (text == null || text.length() > MAX_ADDRESS) {
      return Optional.empty();
    }
    int at = text.lastIndexOf('@');
    if (at < 1) {
      return Optional.empty();
    }
    String local = Normalizer.normalize(text.substring(0, at), Normalizer.Form.NFC);
    if (bytes(local) > MAX_LOCAL || !isLocal(local)) {
      return Optional.empty();
    }
    return asciiDomain(text.substring(at + 1))
        .map(domain -> local + "@" + domain)
        .filter(address -> bytes(address) <= MAX_ADDRESS);
  }

  /** Whether any server takes the address. */
  public static boolean isAscii(String address) {
    return address.chars().allMatch(c -> c < 0x80);
  }

  /** The part right of the at sign of a valid address. */
  public static String domain(String address) {
    return address.substring(address.lastIndexOf('@') + 1);
  }

  /** Whether this is a domain name of at least two labels, in ASCII. */
  public static boolean isDomain(String text) {
    return text.length() <= MAX_DOMAIN && DOMAIN.matcher(text).matches();
  }

  private static boolean isLocal(String local) {
    return LOCAL.matcher(local).matches()
        || (UTF8_LOCAL.matcher(local).matches()
            && local.codePoints().noneMatch(MailAddress::isMisleading));
  }

  private static boolean isMisleading(int c) {
    int type = Character.getType(c);
    return SingleLine.isMisleading(c)
        || type == Character.UNASSIGNED
        || type == Character.FORMAT
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c);
  }

  /** OkHttp maps and encodes the host of a URL by UTS 46. */
  private static Optional<String> asciiDomain(String domain) {
    if (!RAW_DOMAIN.matcher(domain).matches()) {
      return Optional.empty();
    }
    if (isAscii(domain)) {
      return Optional.of(domain).filter(MailAddress::isDomain);
    }
    try {
      return Optional.of(new HttpUrl.Builder().scheme("https").host(domain).build().host())
          .filter(MailAddress::isDomain);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // The domain is not valid.
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
