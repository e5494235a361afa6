package io.rekindle.job.engagement;

import io.rekindle.connectors.flink.Binary;
import io.rekindle.connectors.flink.EventSerializer;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.connectors.flink.FormatSnapshot;
import io.rekindle.scoring.Score;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Format 1 of judgements. The sinks are normally chained to the operator, so that no judgement is
 * ever serialized; a job with another layout runs just as well.
 */
public final class JudgementSerializer extends EventSerializer<Judgement> {

  /** The type of a stream of judgements. */
  public static final TypeInformation<Judgement> TYPE =
      new EventTypeInfo<>(Judgement.class, new JudgementSerializer());

  private static final long serialVersionUID = 1L;

  private static final int HAS_SCORE = 1;
  private static final int OVERRIDDEN = 1 << 1;
  private static final int HAS_PREVIOUS = 1 << 2;
  private static final int CHANGED = 1 << 3;
  private static final int HAS_EPISODE = 1 << 4;

  @Override
  public void serialize(Judgement judgement, DataOutputView out) throws IOException {
    out.writeByte(
        (judgement.score() != null ? HAS_SCORE : 0)
            | (judgement.overridden() ? OVERRIDDEN : 0)
            | (judgement.previous() != null ? HAS_PREVIOUS : 0)
            | (judgement.changed() ? CHANGED : 0)
            | (judgement.episode() != null ? HAS_EPISODE : 0));
    binary().writeText(judgement.userId(), out);
    Binary.writeSigned(judgement.asOf(), out);
    Binary.writeUnsigned(judgement.revision(), out);
    if (judgement.score() != null) {
      writeScore(judgement.score(), out);
      if (judgement.overridden()) {
        writeScore(judgement.computed(), out);
      }
    }
    Binary.writeSigned(judgement.lastContactAt(), out);
    binary().writeText(judgement.policyVersion(), out);
    if (judgement.previous() != null) {
      writeShown(judgement.previous(), out);
    }
    out.writeByte(Codes.CAUSES.indexOf(judgement.cause()));
    binary().writeText(judgement.causeId(), out);
    if (judgement.episode() != null) {
      OutreachState.writeEpisode(judgement.episode(), binary(), out);
    }
  }

  @Override
  public Judgement deserialize(DataInputView in) throws IOException {
    int marks = in.readByte();
    boolean overridden = (marks & OVERRIDDEN) != 0;
    String userId = binary().readText(in);
    long asOf = Binary.readSigned(in);
    long revision = Binary.readUnsigned(in);
    Score score = (marks & HAS_SCORE) != 0 ? readScore(in) : null;
    Score computed = score != null && overridden ? readScore(in) : score;
    return new Judgement(
        userId,
        asOf,
        revision,
        score,
        computed,
        overridden,
        Binary.readSigned(in),
        binary().readText(in),
        (marks & HAS_PREVIOUS) != 0 ? readShown(in) : null,
        Codes.CAUSES.get(in.readByte()),
        binary().readText(in),
        (marks & CHANGED) != 0,
        (marks & HAS_EPISODE) != 0 ? OutreachState.readEpisode(binary(), in) : null);
  }

  private static void writeShown(Shown shown, DataOutputView out) throws IOException {
    out.writeBoolean(shown.scored());
    Numbers.write(shown.score(), out);
    out.writeByte(Codes.BANDS.indexOf(shown.band()));
    out.writeBoolean(shown.atRisk());
    out.writeBoolean(shown.overridden());
  }

  private static Shown readShown(DataInputView in) throws IOException {
    return new Shown(
        in.readBoolean(),
        Numbers.read(in),
        Codes.BANDS.get(in.readByte()),
        in.readBoolean(),
        in.readBoolean());
  }

  private static void writeScore(Score score, DataOutputView out) throws IOException {
    Binary.writeSigned(score.asOf(), out);
    out.writeBoolean(score.scored());
    Numbers.write(score.score(), out);
    Numbers.write(score.recencyPoints(), out);
    Numbers.write(score.rhythmPoints(), out);
    Numbers.write(score.frequencyPoints(), out);
    Numbers.write(score.valuePoints(), out);
    Numbers.write(score.contactPoints(), out);
    out.writeByte(Codes.BANDS.indexOf(score.band()));
    out.writeByte(Codes.SEGMENTS.indexOf(score.segment()));
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
        Numbers.read(in),
        Numbers.read(in),
        Numbers.read(in),
        Numbers.read(in),
        Numbers.read(in),
        Numbers.read(in),
        Codes.BANDS.get(in.readByte()),
        Codes.SEGMENTS.get(in.readByte()),
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
    return other instanceof JudgementSerializer;
  }

  @Override
  public int hashCode() {
    return JudgementSerializer.class.hashCode();
  }

  @Override
  public TypeSerializer<Judgement> duplicate() {
    return new JudgementSerializer();
  }

  @Override
  public TypeSerializerSnapshot<Judgement> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<Judgement> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Judgement> serializer(int formatVersion) {
      return new JudgementSerializer();
    }
  }
}
