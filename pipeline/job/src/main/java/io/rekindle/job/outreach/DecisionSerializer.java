package io.rekindle.job.outreach;

import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.connectors.flink.Binary;
import io.rekindle.connectors.flink.EventSerializer;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.connectors.flink.FormatSnapshot;
import io.rekindle.email.EmailFacts;
import io.rekindle.scoring.Score;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: marks that tell which parts follow, then those parts. */
public final class DecisionSerializer extends EventSerializer<Decision> {

  /** The type of a stream of decisions. */
  public static final TypeInformation<Decision> TYPE =
      new EventTypeInfo<>(Decision.class, new DecisionSerializer());

  private static final long serialVersionUID = 1L;

  /** New constants go to the end of these lists, and none is ever taken out. */
  private static final List<Decision.Kind> KINDS =
      List.of(Decision.Kind.EMAIL, Decision.Kind.HOLDOUT, Decision.Kind.SKIP);

  private static final List<Decision.Reason> REASONS =
      List.of(
          Decision.Reason.AT_RISK,
          Decision.Reason.NO_CONSENT,
          Decision.Reason.SUPPRESSED,
          Decision.Reason.NO_ADDRESS,
          Decision.Reason.PAUSED,
          Decision.Reason.STALE,
          Decision.Reason.RECENTLY_CONTACTED,
          Decision.Reason.OVER_DAILY_CAP);

  private static final int HAS_VARIANT = 1;
  private static final int HAS_FACTS = 1 << 1;

  @Override
  public void serialize(Decision decision, DataOutputView out) throws IOException {
    out.writeByte(
        (decision.variant() != null ? HAS_VARIANT : 0)
            | (decision.facts() != null ? HAS_FACTS : 0));
    out.writeByte(KINDS.indexOf(decision.kind()));
    out.writeByte(REASONS.indexOf(decision.reason()));
    binary().writeText(decision.episodeId(), out);
    binary().writeText(decision.userId(), out);
    Binary.writeSigned(decision.decidedAt(), out);
    Binary.writeSigned(decision.openedAt(), out);
    binary().writeText(decision.experimentId(), out);
    binary().writeText(decision.arm(), out);
    writeDecimal(decision.score(), out);
    binary().writeText(decision.policyVersion(), out);
    binary().writeText(decision.inputs(), out);
    Binary.writeUnsigned(decision.dailyCap(), out);
    if (decision.variant() != null) {
      writeVariant(decision.variant(), out);
    }
    if (decision.facts() != null) {
      writeFacts(decision.facts(), out);
    }
  }

  @Override
  public Decision deserialize(DataInputView in) throws IOException {
    int marks = in.readByte();
    Decision.Kind kind = KINDS.get(in.readByte());
    Decision.Reason reason = REASONS.get(in.readByte());
    String episodeId = binary().readText(in);
    String userId = binary().readText(in);
    long decidedAt = Binary.readSigned(in);
    long openedAt = Binary.readSigned(in);
    String experimentId = binary().readText(in);
    String arm = binary().readText(in);
    BigDecimal score = readDecimal(in);
    String policyVersion = binary().readText(in);
    String inputs = binary().readText(in);
    int dailyCap = (int) Binary.readUnsigned(in);
    return new Decision(
        episodeId,
        userId,
        kind,
        reason,
        decidedAt,
        openedAt,
        experimentId,
        arm,
        (marks & HAS_VARIANT) != 0 ? readVariant(in) : null,
        score,
        policyVersion,
        inputs,
        dailyCap,
        (marks & HAS_FACTS) != 0 ? readFacts(in) : null);
  }

  private void writeVariant(OutreachVariant variant, DataOutputView out) throws IOException {
    binary().writeText(variant.name(), out);
    Binary.writeUnsigned(variant.weight(), out);
    binary().writeText(variant.prompt(), out);
    binary().writeText(variant.tone(), out);
    binary().writeText(variant.offer(), out);
  }

  private OutreachVariant readVariant(DataInputView in) throws IOException {
    return new OutreachVariant(
        binary().readText(in),
        Binary.readUnsigned(in),
        binary().readText(in),
        binary().readText(in),
        binary().readText(in));
  }

  private void writeFacts(EmailFacts facts, DataOutputView out) throws IOException {
    binary().writeText(facts.userId(), out);
    binary().writeText(facts.name(), out);
    Instant lastOrderAt = facts.lastOrderAt();
    Binary.writeSigned(lastOrderAt == null ? Score.NEVER : lastOrderAt.toEpochMilli(), out);
    Binary.writeUnsigned(facts.orderCount(), out);
    writeDecimal(facts.averageOrderValue(), out);
    Binary.writeUnsigned(facts.preferredCategories().size(), out);
    for (String category : facts.preferredCategories()) {
      binary().writeText(category, out);
    }
    binary().writeText(facts.locale(), out);
    binary().writeText(facts.timeZone(), out);
  }

  private EmailFacts readFacts(DataInputView in) throws IOException {
    String userId = binary().readText(in);
    String name = binary().readText(in);
    long lastOrderAt = Binary.readSigned(in);
    int orderCount = (int) Binary.readUnsigned(in);
    BigDecimal averageOrderValue = readDecimal(in);
    int count = (int) Binary.readUnsigned(in);
    List<String> categories = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      categories.add(binary().readText(in));
    }
    return new EmailFacts(
        userId,
        name,
        lastOrderAt == Score.NEVER ? null : Instant.ofEpochMilli(lastOrderAt),
        orderCount,
        averageOrderValue,
        categories,
        binary().readText(in),
        binary().readText(in));
  }

  private void writeDecimal(BigDecimal decimal, DataOutputView out) throws IOException {
    binary().writeText(decimal == null ? null : decimal.toPlainString(), out);
  }

  private BigDecimal readDecimal(DataInputView in) throws IOException {
    String text = binary().readText(in);
    return text == null ? null : new BigDecimal(text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DecisionSerializer;
  }

  @Override
  public int hashCode() {
    return DecisionSerializer.class.hashCode();
  }

  @Override
  public TypeSerializer<Decision> duplicate() {
    return new DecisionSerializer();
  }

  @Override
  public TypeSerializerSnapshot<Decision> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<Decision> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Decision> serializer(int formatVersion) {
      return new DecisionSerializer();
    }
  }
}
