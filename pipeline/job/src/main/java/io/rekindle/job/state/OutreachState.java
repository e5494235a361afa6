package io.rekindle.job.state;

import io.rekindle.connectors.flink.Binary;
import io.rekindle.scoring.Score;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The state of outreach for a user. Most users have none, which takes one bit. */
final class OutreachState {

  /** The number of kept decisions. An older episode cannot open again. */
  private static final int DECIDED_KEPT = 8;

  private static final int HAS_EPISODE = 1;
  private static final int HAS_ARM = 1 << 1;
  private static final int HAS_SUPPRESSION = 1 << 2;
  private static final int HAS_SUPPRESSION_VERSION = 1 << 3;

  /** Stands for no close reason. */
  private static final int OPEN = -1;

  private static final long[] NONE = {};

  /**
   * A row of {@code suppressions}.
   *
   * @param address the only covered address; null if the row covers the person
   */
  record Suppression(String address, String reason) {}

  /** The open episode; null if there is none. */
  Episode episode;

  /** The beginnings of the last decided episodes, which are not decided again. */
  private long[] decided = NONE;

  /** The experiment of the user's lasting arm; null without one. */
  String experimentId;

  String arm;

  /** Null while there is no row. */
  Suppression suppression;

  RowRegister suppressionRow;

  boolean isEmpty() {
    return episode == null
        && decided.length == 0
        && experimentId == null
        && suppression == null
        && suppressionRow == null;
  }

  boolean wasDecided(long openedAt) {
    for (long known : decided) {
      if (known == openedAt) {
        return true;
      }
    }
    return false;
  }

  void decided(long openedAt) {
    long[] newer = new long[Math.min(decided.length + 1, DECIDED_KEPT)];
    System.arraycopy(decided, 0, newer, 1, newer.length - 1);
    newer[0] = openedAt;
    decided = newer;
  }

  OutreachState copy() {
    OutreachState copy = new OutreachState();
    copy.episode = episode;
    // The array is replaced and never changed.
    copy.decided = decided;
    copy.experimentId = experimentId;
    copy.arm = arm;
    copy.suppression = suppression;
    copy.suppressionRow = suppressionRow;
    return copy;
  }

  void write(Binary texts, DataOutputView out) throws IOException {
    out.writeByte(
        (episode != null ? HAS_EPISODE : 0)
            | (experimentId != null ? HAS_ARM : 0)
            | (suppression != null ? HAS_SUPPRESSION : 0)
            | (suppressionRow != null ? HAS_SUPPRESSION_VERSION : 0));
    if (episode != null) {
      writeEpisode(episode, texts, out);
    }
    out.writeByte(decided.length);
    for (long openedAt : decided) {
      Binary.writeSigned(openedAt, out);
    }
    if (experimentId != null) {
      texts.writeText(experimentId, out);
      texts.writeText(arm, out);
    }
    if (suppression != null) {
      texts.writeText(suppression.address(), out);
      texts.writeText(suppression.reason(), out);
    }
    if (suppressionRow != null) {
      suppressionRow.write(out);
    }
  }

  static OutreachState read(Binary texts, DataInputView in) throws IOException {
    OutreachState state = new OutreachState();
    int marks = in.readByte();
    if ((marks & HAS_EPISODE) != 0) {
      state.episode = readEpisode(texts, in);
    }
    long[] decided = new long[in.readByte()];
    for (int i = 0; i < decided.length; i++) {
      decided[i] = Binary.readSigned(in);
    }
    state.decided = decided;
    if ((marks & HAS_ARM) != 0) {
      state.experimentId = texts.readText(in);
      state.arm = texts.readText(in);
    }
    if ((marks & HAS_SUPPRESSION) != 0) {
      state.suppression = new Suppression(texts.readText(in), texts.readText(in));
    }
    if ((marks & HAS_SUPPRESSION_VERSION) != 0) {
      state.suppressionRow = RowRegister.read(in);
    }
    return state;
  }

  private static void writeEpisode(Episode episode, Binary texts, DataOutputView out)
      throws IOException {
    Binary.writeSigned(episode.openedAt(), out);
    Binary.writeSigned(episode.noticedAt(), out);
    CompactDouble.write(episode.score(), out);
    texts.writeText(episode.policyVersion(), out);
    boolean open = episode.closeReason() == null;
    out.writeByte(open ? OPEN : EnumCodes.CLOSE_REASONS.indexOf(episode.closeReason()));
    if (!open) {
      Binary.writeSigned(episode.closedAt(), out);
    }
  }

  private static Episode readEpisode(Binary texts, DataInputView in) throws IOException {
    long openedAt = Binary.readSigned(in);
    long noticedAt = Binary.readSigned(in);
    double score = CompactDouble.read(in);
    String policyVersion = texts.readText(in);
    int reason = in.readByte();
    boolean open = reason == OPEN;
    return new Episode(
        openedAt,
        noticedAt,
        score,
        policyVersion,
        open ? Score.NEVER : Binary.readSigned(in),
        open ? null : EnumCodes.CLOSE_REASONS.get(reason));
  }
}
