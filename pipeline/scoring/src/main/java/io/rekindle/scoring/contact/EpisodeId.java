package io.rekindle.scoring.contact;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The id of an episode. */
public final class EpisodeId {

  private static final int ID_BYTES = 16;

  private EpisodeId() {}

  /**
   * The id of an episode: the first 16 bytes, in hexadecimal, of the SHA-256 of the user id, a zero
   * byte and the instant in decimal digits. The instant follows from the orders, so that any replay
   * finds the same.
   *
   * @param openedAt when the risk began, epoch milliseconds
   */
  public static String of(String userId, long openedAt) {
    byte[] digest =
        sha256(
            userId.getBytes(StandardCharsets.UTF_8),
            Long.toString(openedAt).getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(Arrays.copyOf(digest, ID_BYTES));
  }

  /** Of two texts with a zero byte between, which neither can hold. */
  public static byte[] sha256(byte[] first, byte[] second) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(first);
      digest.update((byte) 0);
      return digest.digest(second);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }
}
