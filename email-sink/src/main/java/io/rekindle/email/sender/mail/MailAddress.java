package io.rekindle.email.sender.mail;

import java.net.IDN;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses that any SMTP server understands: a dot-atom, an at sign and a domain (RFC 5321 section
 * 4.1.2, without quoted strings, address literals and UTF-8 left of the at sign). Other addresses
 * get no mail: no part of an address is escaped or repaired.
 */
public final class MailAddress {

  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final Pattern LOCAL = Pattern.compile(ATOM + "(\\." + ATOM + ")*");
  private static final Pattern DOMAIN =
      Pattern.compile(
          "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  private static final int MAX_ADDRESS = 254;
  private static final int MAX_LOCAL = 64;
  private static final int MAX_DOMAIN = 253;

  private MailAddress() {}

  /**
   * The address as it goes to the server, with the domain in its ASCII form; empty if it is not
   * valid.
   */
  public static Optional<String> parse(String text) {
    if (text == null || text.length() > MAX_ADDRESS) {
      return Optional.empty();
    }
    int at = text.lastIndexOf('@');
    if (at < 1 || at > MAX_LOCAL || !LOCAL.matcher(text.substring(0, at)).matches()) {
      return Optional.empty();
    }
    try {
      String domain = IDN.toASCII(text.substring(at + 1), IDN.USE_STD3_ASCII_RULES);
      String address = text.substring(0, at + 1) + domain;
      return isDomain(domain) && address.length() <= MAX_ADDRESS
          ? Optional.of(address)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // The domain is not valid.
    }
  }

  /** Whether this is a domain name of at least two labels, in ASCII. */
  public static boolean isDomain(String text) {
    return text.length() <= MAX_DOMAIN && DOMAIN.matcher(text).matches();
  }
}
