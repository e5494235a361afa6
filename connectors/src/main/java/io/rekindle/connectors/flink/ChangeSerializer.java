package io.rekindle.connectors.flink;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import io.rekindle.platform.text.CurrencyCodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes changes for the shuffle and for state. An order takes about 40 bytes.
 *
 * <p>Format 1 begins with a byte: bits 0-2 are the type, bit 3 marks a snapshot, and bits 4-6 are
 * the order's kind or the type's flag. User, commit time and version follow. The fields of the type
 * come last, with times relative to the commit time.
 */
public final class ChangeSerializer extends EventSerializer<Change> {

  private static final long serialVersionUID = 1L;

  private static final int ORDER_CHANGED = 0;
  private static final int ORDER_REMOVED = 1;
  private static final int USER_CHANGED = 2;
  private static final int USER_REMOVED = 3;
  private static final int CONTACTED = 4;
  private static final int OVERRIDE_CHANGED = 5;
  private static final int OVERRIDE_REMOVED = 6;

  /** The flag says whether the row exists. */
  private static final int SUPPRESSION = 7;

  private static final int TYPE_MASK = 0b0000_0111;
  private static final int SNAPSHOT = 0b0000_1000;
  private static final int DETAIL_SHIFT = 4;

  @Override
  public void serialize(Change change, DataOutputView out) throws IOException {
    if (change instanceof OrderChanged order) {
      writeCommon(ORDER_CHANGED, code(order.kind()), order, out);
      binary().writeText(order.orderId(), out);
      writeTime(order.placedAt(), order, out);
      Binary.writeSigned(order.netMinor(), out);
      out.writeShort(CurrencyCodes.pack(order.currency()));
    } else if (change instanceof OrderRemoved order) {
      writeCommon(ORDER_REMOVED, flag(order.moved()), order, out);
      binary().writeText(order.orderId(), out);
    } else if (change instanceof UserChanged user) {
      writeUser(user, out);
    } else if (change instanceof UserRemoved) {
      writeCommon(USER_REMOVED, 0, change, out);
    } else if (change instanceof Contacted contact) {
      writeCommon(CONTACTED, 0, contact, out);
      binary().writeText(contact.emailId(), out);
      writeTime(contact.sentAt(), contact, out);
    } else if (change instanceof OverrideChanged override) {
      writeCommon(OVERRIDE_CHANGED, 0, override, out);
      Binary.writeSigned(override.score(), out);
      writeTime(override.setAt(), override, out);
      writeTime(override.expiresAt(), override, out);
    } else if (change instanceof OverrideRemoved) {
      writeCommon(OVERRIDE_REMOVED, 0, change, out);
    } else if (change instanceof SuppressionChanged suppression) {
      writeCommon(SUPPRESSION, flag(true), suppression, out);
      binary().writeText(suppression.address(), out);
      binary().writeText(suppression.reason(), out);
    } else {
      writeCommon(SUPPRESSION, flag(false), change, out);
    }
  }

  private void writeUser(UserChanged user, DataOutputView out) throws IOException {
    writeCommon(USER_CHANGED, flag(user.marketingConsent()), user, out);
    binary().writeText(user.email(), out);
    binary().writeText(user.name(), out);
    List<String> categories = user.preferredCategories();
    Binary.writeLength(categories == null ? -1 : categories.size(), out);
    if (categories != null) {
      for (String category : categories) {
        binary().writeText(category, out);
      }
    }
    binary().writeText(user.timeZone(), out);
    binary().writeText(user.locale(), out);
    writeTime(user.createdAt(), user, out);
  }

  private void writeCommon(int type, int detail, Change change, DataOutputView out)
      throws IOException {
    out.writeByte(type | (change.snapshot() ? SNAPSHOT : 0) | (detail << DETAIL_SHIFT));
    binary().writeText(change.userId(), out);
    Binary.writeSigned(change.commitTime(), out);
    RowVersions.write(change.version(), out);
  }

  @Override
  public Change deserialize(DataInputView in) throws IOException {
    int header = in.readByte();
    boolean snapshot = (header & SNAPSHOT) != 0;
    int detail = header >> DETAIL_SHIFT;
    String userId = binary().readText(in);
    long commitTime = Binary.readSigned(in);
    RowVersion version = RowVersions.read(in);
    return switch (header & TYPE_MASK) {
      case ORDER_CHANGED ->
          new OrderChanged(
              userId,
              commitTime,
              version,
              snapshot,
              binary().readText(in),
              readTime(commitTime, in),
              Binary.readSigned(in),
              CurrencyCodes.unpack(in.readShort()),
              kind(detail));
      case ORDER_REMOVED ->
          new OrderRemoved(
              userId, commitTime, version, snapshot, binary().readText(in), detail != 0);
      case USER_CHANGED -> readUser(userId, commitTime, version, snapshot, detail != 0, in);
      case USER_REMOVED -> new UserRemoved(userId, commitTime, version, snapshot);
      case CONTACTED ->
          new Contacted(
              userId,
              commitTime,
              version,
              snapshot,
              binary().readText(in),
              readTime(commitTime, in));
      case OVERRIDE_CHANGED ->
          new OverrideChanged(
              userId,
              commitTime,
              version,
              snapshot,
              Math.toIntExact(Binary.readSigned(in)),
              readTime(commitTime, in),
              readTime(commitTime, in));
      case OVERRIDE_REMOVED -> new OverrideRemoved(userId, commitTime, version, snapshot);
      case SUPPRESSION ->
          detail == 0
              ? new SuppressionRemoved(userId, commitTime, version, snapshot)
              : new SuppressionChanged(
                  userId,
                  commitTime,
                  version,
                  snapshot,
                  binary().readText(in),
                  binary().readText(in));
      default -> throw new IOException("No change has the type " + (header & TYPE_MASK));
    };
  }

  private UserChanged readUser(
      String userId,
      long commitTime,
      RowVersion version,
      boolean snapshot,
      boolean marketingConsent,
      DataInputView in)
      throws IOException {
    String email = readKeptText(in);
    String name = readKeptText(in);
    int categoryCount = Binary.readLength(in);
    List<String> categories = categoryCount < 0 ? null : new ArrayList<>(categoryCount);
    for (int i = 0; i < categoryCount; i++) {
      categories.add(binary().readText(in));
    }
    return new UserChanged(
        userId,
        commitTime,
        version,
        snapshot,
        email,
        name,
        categories,
        readKeptText(in),
        readKeptText(in),
        marketingConsent,
        readTime(commitTime, in));
  }

  /** Returns the constant itself, since callers compare it by identity. */
  private String readKeptText(DataInputView in) throws IOException {
    String text = binary().readText(in);
    return UserChanged.UNCHANGED.equals(text) ? UserChanged.UNCHANGED : text;
  }

  private static void writeTime(long time, Change change, DataOutputView out) throws IOException {
    Binary.writeSigned(change.commitTime() - time, out);
  }

  private static long readTime(long commitTime, DataInputView in) throws IOException {
    return commitTime - Binary.readSigned(in);
  }

  private static int code(OrderChanged.Kind kind) {
    return switch (kind) {
      case PLACED -> 0;
      case REFUNDED -> 1;
      case CANCELLED -> 2;
      case MOVED_IN -> 3;
      case AMENDED -> 4;
    };
  }

  private static OrderChanged.Kind kind(int code) throws IOException {
    return switch (code) {
      case 0 -> OrderChanged.Kind.PLACED;
      case 1 -> OrderChanged.Kind.REFUNDED;
      case 2 -> OrderChanged.Kind.CANCELLED;
      case 3 -> OrderChanged.Kind.MOVED_IN;
      case 4 -> OrderChanged.Kind.AMENDED;
      default -> throw new IOException("No order has the kind " + code);
    };
  }

  private static int flag(boolean set) {
    return set ? 1 : 0;
  }

  @Override
  public TypeSerializer<Change> duplicate() {
    return new ChangeSerializer();
  }

  @Override
  public TypeSerializerSnapshot<Change> snapshotConfiguration() {
    return new Snapshot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChangeSerializer;
  }

  @Override
  public int hashCode() {
    return ChangeSerializer.class.hashCode();
  }

  /** Public, since Flink creates it by reflection on a restore. */
  public static final class Snapshot extends FormatSnapshot<Change> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Change> serializer(int formatVersion) {
      return new ChangeSerializer();
    }
  }
}
