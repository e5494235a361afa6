package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.web.JsonFields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id, with the parameters that OWASP's Password Storage Cheat Sheet
 * recommends (19 MiB, two passes, one lane), written as PHC strings. Thread-safe.
 */
public final class Passwords {

  public static final int MIN_LENGTH = 12;
  public static final int MAX_LENGTH = 200;

  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})\\$([^$]+)\\$([^$]+)");
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Each hash takes 19 MiB for a moment; those who wait hold a thread of the server each. */
  private final HashingGate gate = new HashingGate(2, 8);

  private final Cost cost;

  /** Of a random password, so that an unknown account takes as long as a known one. */
  private final String dummyHash;

  /** What it costs to hash a password. */
  public record Cost(int memoryKib, int passes) {

    public static final Cost RECOMMENDED = new Cost(19_456, 2);
  }

  public Passwords(Cost cost) {
    this.cost = cost;
    this.dummyHash = hash(token());
  }

  /** Reads a new password from a request; null only after a mistake. */
  public static String read(JsonFields body, String name) {
    String password = body.requiredText(name, MAX_LENGTH);
    if (password != null && password.length() < MIN_LENGTH) {
      body.reject(name, "at least " + MIN_LENGTH + " characters.");
      return null;
    }
    return password;
  }

  /**
   * The password as it is stored.
   *
   * @throws PasswordsBusyException if too many passwords are being hashed
   */
  public String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] hash = argon2(password, salt, cost.memoryKib(), cost.passes(), LANES, HASH_BYTES);
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            cost.memoryKib(),
            cost.passes(),
            LANES,
            ENCODER.encodeToString(salt),
            ENCODER.encodeToString(hash));
  }

  /**
   * Whether this is the password.
   *
   * @param stored what {@link #hash} gave; null if there is none, which no password matches
   * @throws PasswordsBusyException if too many passwords are being hashed
   */
  public boolean matches(String password, String stored) {
    Matcher phc = PHC.matcher(stored == null ? dummyHash : stored);
    if (!phc.matches()) {
      throw new IllegalArgumentException("A stored password is no Argon2id hash");
    }
    byte[] expected = Base64.getDecoder().decode(phc.group(5));
    byte[] actual =
        argon2(
            password,
            Base64.getDecoder().decode(phc.group(4)),
            Integer.parseInt(phc.group(1)),
            Integer.parseInt(phc.group(2)),
            Integer.parseInt(phc.group(3)),
            expected.length);
    return MessageDigest.isEqual(expected, actual) && stored != null;
  }

  /** 256 random bits as text. */
  static String token() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] argon2(
      String password, byte[] salt, int memoryKib, int passes, int lanes, int length) {
    return gate.run(
        () -> {
          Argon2BytesGenerator generator = new Argon2BytesGenerator();
          generator.init(
              new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                  .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                  .withMemoryAsKB(memoryKib)
                  .withIterations(passes)
                  .withParallelism(lanes)
                  .withSalt(salt)
                  .build());
          byte[] hash = new byte[length];
          generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
          return hash;
        });
  }
}
