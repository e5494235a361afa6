package io.rekindle.job.engagement;

import io.rekindle.connectors.flink.Binary;
import io.rekindle.connectors.flink.EventSerializer;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.connectors.flink.FormatSnapshot;
import io.rekindle.job.state.CompactDouble;
import io.rekindle.job.state.EnumCodes;
import io.rekindle.job.state.OutreachState;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.scoring.Score;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Format 1 of score updates. The sinks are normally chained to the operator, so that no score
 * update is ever serialized; a job with another layout runs just as well.
 */
public final class ScoreUpdateSerializer extends EventSerializer<ScoreUpdate> {

  /** The type of a stream of score updates. */
  public static final TypeInformation<ScoreUpdate> TYPE =
      new EventTypeInfo<>(ScoreUpdate.class, new ScoreUpdateSerializer());

  private static final long serialVersionUID = 1L;

  private static final int HAS_SCORE = 1;
  private static final int OVERRIDDEN = 1 << 1;
  private static final int HAS_PREVIOUS = 1 << 2;
  private static final int CHANGED = 1 << 3;
  private static final int HAS_EPISODE = 1 << 4;

  @Override
  public void serialize(ScoreUpdate update, DataOutputView out) throws IOException {
    out.writeByte(
        (update.score() != null ? HAS_SCORE : 0)
            | (update.overridden() ? OVERRIDDEN : 0)
            | (update.previous() != null ? HAS_PREVIOUS : 0)
            | (update.changed() ? CHANGED : 0)
            | (update.episode() != null ? HAS_EPISODE : 0));
    binary().writeText(update.userId(), out);
    Binary.writeSigned(update.asOf(), out);
    Binary.writeUnsigned(update.revision(), out);
    if (update.score() != null) {
      writeScore(update.score(), out);
      if (update.overridden()) {
        writeScore(update.computed(), out);
      }
    }
    Binary.writeSigned(update.lastContactAt(), out);
    binary().writeText(update.policyVersion(), out);
    if (update.previous() != null) {
      writePublishedScore(update.previous(), out);
    }
    out.writeByte(EnumCodes.CAUSES.indexOf(update.cause()));
    binary().writeText(update.causeId(), out);
    if (update.episode() != null) {
      OutreachState.writeEpisode(update.episode(), binary(), out);
    }
  }

  @Override
  public ScoreUpdate deserialize(DataInputView in) throws IOException {
    int marks = in.readByte();
    boolean overridden = (marks & OVERRIDDEN) != 0;
    String userId = binary().readText(in);
    long asOf = Binary.readSigned(in);
    long revision = Binary.readUnsigned(in);
    Score score = (marks & HAS_SCORE) != 0 ? readScore(in) : null;
    Score computed = score != null && overridden ? readScore(in) : score;
    return new ScoreUpdate(
        userId,
        asOf,
        revision,
        score,
        computed,
        overridden,
        Binary.readSigned(in),
        binary().readText(in),
        (marks & HAS_PREVIOUS) != 0 ? readPublishedScore(in) : null,
        EnumCodes.CAUSES.get(in.readByte()),
        binary().readText(in),
        (marks & CHANGED) != 0,
        (marks & HAS_EPISODE) != 0 ? OutreachState.readEpisode(binary(), in) : null);
  }

  private static void writePublishedScore(PublishedScore published, DataOutputView out)
      throws IOException {
    out.writeBoolean(published.scored());
    CompactDouble.write(published.score(), out);
    out.writeByte(EnumCodes.BANDS.indexOf(published.band()));
    out.writeBoolean(published.atRisk());
    out.writeBoolean(published.overridden());
  }

  private static PublishedScore readPublishedScore(DataInputView in) throws IOException {
    return new PublishedScore(
        in.readBoolean(),
        CompactDouble.read(in),
        EnumCodes.BANDS.get(in.readByte()),
        in.readBoolean(),
        in.readBoolean());
  }

  private static void writeScore(Score score, DataOutputView out) throws IOException {
    Binary.writeSigned(score.asOf(), out);
    out.writeBoolean(score.scored());
    CompactDouble.write(score.score(), out);
    CompactDouble.write(score.recencyPoints(), out);
    CompactDouble.write(score.rhythmPoints(), out);
    CompactDouble.write(score.frequencyPoints(), out);
    CompactDouble.write(score.valuePoints(), out);
    CompactDouble.write(score.contactPoints(), out);
    out.writeByte(EnumCodes.BANDS.indexOf(score.band()));
    out.writeByte(EnumCodes.SEGMENTS.indexOf(score.segment()));
    out.writeBoolean(score.atRisk());
    Binary.writeSigned(score.atRiskSince(), out);
    Binary.writeSigned(score.nextChange(), out);
    Binary.writeSigned(score.nextReview(), out);
    Binary.writeSigned(score.nextCrossing(), out);
    Binary.writeSigned(score.usualGap(), out);
    Binary.writeUnsigned(score.orderDays(), out);
    Binary.writeUnsigned(score.orderDaysEver(), out);
    Binary.writeSigned(score.spendMinor(), out);
    Binary.writeUnsigned(score.orderCount(), out);
    Binary.writeSigned(score.totalSpendMinor(), out);
    Binary.writeSigned(score.lastOrderAt(), out);
    Binary.writeUnsigned(score.unconvertedOrders(), out);
  }

  private static Score readScore(DataInputView in) throws IOException {
    return new Score(
        Binary.readSigned(in),
        in.readBoolean(),
        CompactDouble.read(in),
        CompactDouble.read(in),
        CompactDouble.read(in),
        CompactDouble.read(in),
        CompactDouble.read(in),
        CompactDouble.read(in),
        EnumCodes.BANDS.get(in.readByte()),
        EnumCodes.SEGMENTS.get(in.readByte()),
        in.readBoolean(),
        Binary.readSigned(in),
        Binary.readSigned(in),
        Binary.readSigned(in),
        Binary.readSigned(in),
        Binary.readSigned(in),
        (int) Binary.readUnsigned(in),
        (int) Binary.readUnsigned(in),
        Binary.readSigned(in),
        (int) Binary.readUnsigned(in),
        Binary.readSigned(in),
        Binary.readSigned(in),
        (int) Binary.readUnsigned(in));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScoreUpdateSerializer;
  }

  @Override
  public int hashCode() {
    return ScoreUpdateSerializer.class.hashCode();
  }

  @Override
  public TypeSerializer<ScoreUpdate> duplicate() {
    return new ScoreUpdateSerializer();
  }

  @Override
  public TypeSerializerSnapshot<ScoreUpdate> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<ScoreUpdate> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<ScoreUpdate> serializer(int formatVersion) {
      return new ScoreUpdateSerializer();
    }
  }
}
