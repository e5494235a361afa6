package io.rekindle.email;

import io.rekindle.platform.text.Digest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The links by which readers unsubscribe. Each belongs to one email and needs no login: it carries
 * a token that only the holder of the secret can make.
 *
 * <p>The token is the first 128 bits of HMAC-SHA256 (RFC 2104) over a label, NUL and the email's
 * id, in base64url without padding. The label keeps the same secret usable for other purposes.
 * Links do not expire, since people keep emails. A new secret therefore leaves the old ones valid
 * for links that were sent: the first one signs, all of them verify.
 *
 * <p>Thread-safe.
 */
public final class UnsubscribeLinks {

  /** The part of every link between the base URL and the email's id. */
  public static final String PATH = "/unsubscribe/";

  /** Stands for the link in a preview, which belongs to no email yet. */
  public static final String PREVIEW = "https://unsubscribe.invalid/preview";

  /** Shortest secret, in characters. */
  public static final int MIN_SECRET = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] LABEL = "unsubscribe\0".getBytes(StandardCharsets.UTF_8);
  private static final int TOKEN_BYTES = 16;

  private final String prefix;

  /** The first one signs, all of them verify. */
  private final List<SecretKeySpec> keys;

  /**
   * @param baseUrl http or https, without query and fragment; a path is kept
   * @param secret the same in all programs that write or serve links
   * @throws IllegalArgumentException if the URL is not valid or the secret is too short; the
   *     message does not repeat the secret
   */
  public UnsubscribeLinks(String baseUrl, String secret) {
    this(baseUrl, secret, List.of());
  }

  /**
   * @param baseUrl http or https, without query and fragment; a path is kept
   * @param secret signs; the same in all programs that write or serve links
   * @param oldSecrets secrets that signed links before, which stay valid
   * @throws IllegalArgumentException if the URL is not valid or a secret is too short; the message
   *     does not repeat the secret
   */
  public UnsubscribeLinks(String baseUrl, String secret, List<String> oldSecrets) {
    this.prefix = WebUrl.requireBase("baseUrl", baseUrl) + PATH;
    this.keys =
        Stream.concat(Stream.of(secret), oldSecrets.stream())
            .distinct()
            .map(UnsubscribeLinks::key)
            .toList();
  }

  private static SecretKeySpec key(String secret) {
    if (secret.length() < MIN_SECRET) {
      throw new IllegalArgumentException(
          "the secret for unsubscribe links has fewer than " + MIN_SECRET + " characters");
    }
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /** The link to put into the email with this id. */
  public String url(String emailId) {
    String encoded = URLEncoder.encode(emailId, StandardCharsets.UTF_8).replace("+", "%20");
    return prefix + encoded + "/" + token(keys.get(0), emailId);
  }

  /**
   * Whether the token belongs to this email. The time is equal for every wrong token of the right
   * length, so that a token cannot be guessed piece by piece.
   */
  public boolean verify(String emailId, String token) {
    boolean valid = false;
    for (SecretKeySpec key : keys) {
      valid |= Digest.sameSecret(token(key, emailId), token);
    }
    return valid;
  }

  private static String token(SecretKeySpec key, String emailId) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(LABEL);
      byte[] tag = mac.doFinal(emailId.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(tag, TOKEN_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
