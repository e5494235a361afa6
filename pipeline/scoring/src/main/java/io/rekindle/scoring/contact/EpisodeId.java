package io.rekindle.scoring.contact;

import io.rekindle.platform.text.Digest;
import java.util.HexFormat;

/** The id of an episode. */
public final class EpisodeId {

  private static final int ID_BYTES = 16;

  private EpisodeId() {}

  /**
   * Returns the id of an episode: the first 16 bytes, in hexadecimal, of the SHA-256 of the user
   * id, a zero byte and the instant in decimal digits. The instant follows from the orders, so
   * every replay gives the same id.
   *
   * @param openedAt the beginning of the risk, epoch milliseconds
   */
  public static String of(String userId, long openedAt) {
    byte[] digest = Digest.of(userId + "\0" + openedAt);
    return HexFormat.of().formatHex(digest, 0, ID_BYTES);
  }
}
