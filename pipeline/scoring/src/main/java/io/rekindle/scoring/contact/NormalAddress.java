package io.rekindle.scoring.contact;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The form that is equal for addresses of one mailbox: lower case, and the domain in Unicode by the
 * mapping of UTS 46 without its transitional rules (NFKC and lower case; neither ß nor ς becomes
 * another letter). The SQL function {@code engagement.normal_address} states the same.
 */
final class NormalAddress {

  private static final String ACE = "xn--";

  // RFC 3492 section 5.
  private static final int BASE = 36;
  private static final int MIN_THRESHOLD = 1;
  private static final int MAX_THRESHOLD = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int INITIAL_CODE = 128;

  private NormalAddress() {}

  static String of(String address) {
    int at = address.lastIndexOf('@');
    boolean ascii = address.chars().allMatch(c -> c < 0x80);
    if (at < 0 || (ascii && !lower(address).contains(ACE))) {
      return lower(address);
    }
    String local = lower(Normalizer.normalize(address.substring(0, at), Form.NFC));
    return local + "@" + domain(address.substring(at + 1));
  }

  private static String domain(String text) {
    String mapped =
        lower(
            Normalizer.normalize(text, Form.NFKC)
                .replace('\u3002', '.')
                .replaceAll("[\u00ad\u200b\u2060\ufeff]", ""));
    return Arrays.stream(mapped.split("\\.", -1))
        .map(NormalAddress::label)
        .collect(Collectors.joining("."));
  }

  private static String label(String text) {
    String unicode =
        text.startsWith(ACE) ? decode(text.substring(ACE.length())).orElse(text) : text;
    return Normalizer.normalize(lower(Normalizer.normalize(unicode, Form.NFKC)), Form.NFKC);
  }

  /** Lower case by code point, as Postgres does it under the collation {@code pg_c_utf8}. */
  private static String lower(String text) {
    return text.codePoints()
        .map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** RFC 3492 section 6.2; empty for a text that is no Punycode. */
  private static Optional<String> decode(String text) {
    StringBuilder codePoints =
        new StringBuilder(text.substring(0, Math.max(text.lastIndexOf('-'), 0)));
    int place = text.lastIndexOf('-') + 1;
    int length = codePoints.length();
    long code = INITIAL_CODE;
    long i = 0;
    long bias = INITIAL_BIAS;
    while (place < text.length()) {
      long old = i;
      long weight = 1;
      for (int k = BASE; ; k += BASE) {
        int digit = place < text.length() ? digit(text.charAt(place++)) : -1;
        if (digit < 0) {
          return Optional.empty();
        }
        i += digit * weight;
        long threshold = Math.min(Math.max(k - bias, MIN_THRESHOLD), MAX_THRESHOLD);
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
        if (i > Integer.MAX_VALUE || weight > Integer.MAX_VALUE) {
          return Optional.empty();
        }
      }
      length++;
      bias = adapt(i - old, length, old == 0);
      code += i / length;
      i %= length;
      if (code > Character.MAX_CODE_POINT
          || (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE)) {
        return Optional.empty();
      }
      codePoints.insert(codePoints.offsetByCodePoints(0, (int) i), Character.toString((int) code));
      i++;
    }
    return Optional.of(codePoints.toString());
  }

  private static int digit(char c) {
    return c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? c - '0' + 26 : -1;
  }

  private static long adapt(long change, int length, boolean first) {
    long delta = change / (first ? DAMP : 2);
    delta += delta / length;
    int k = 0;
    while (delta > (BASE - MIN_THRESHOLD) * MAX_THRESHOLD / 2) {
      delta /= BASE - MIN_THRESHOLD;
      k += BASE;
    }
    return k + (BASE - MIN_THRESHOLD + 1) * delta / (delta + SKEW);
  }
}
