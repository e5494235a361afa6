package io.rekindle.job.state;

import io.rekindle.connectors.flink.Binary;
import io.rekindle.connectors.flink.FormatSnapshot;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.policy.Band;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Format 1 of a user's state: two bytes of marks for the present parts, then those parts. The
 * orders come last, as differences.
 *
 * <p>A later format gets the next number in the {@link Snapshot}. The class keeps reading all
 * earlier formats, since savepoints outlive releases.
 */
public final class UserStateSerializer extends TypeSerializer<UserState> {

  private static final long serialVersionUID = 1L;

  private static final int FORMAT = 1;

  private static final int HAS_PROFILE = 1;
  private static final int HAS_CONSENT = 1 << 1;
  private static final int HAS_USER_VERSION = 1 << 2;
  private static final int HAS_OVERRIDE = 1 << 3;
  private static final int HAS_OVERRIDE_VERSION = 1 << 4;
  private static final int HAS_CONTACT = 1 << 5;
  private static final int HAS_PUBLISHED = 1 << 6;
  private static final int PUBLISHED_SCORED = 1 << 7;
  private static final int PUBLISHED_AT_RISK = 1 << 8;
  private static final int PUBLISHED_OVERRIDDEN = 1 << 9;
  private static final int WAS_EVALUATED = 1 << 10;
  private static final int HAS_REVIEW = 1 << 11;
  private static final int HAS_WAKE = 1 << 12;
  private static final int HAS_ORDER_ROWS = 1 << 13;
  private static final int HAS_OUTREACH = 1 << 14;
  private static final int IS_LOADING = 1 << 15;

  /** The buffer of this instance, so each thread needs its own instance. */
  private transient Binary texts;

  @Override
  public void serialize(UserState state, DataOutputView out) throws IOException {
    int marks = marks(state);
    out.writeShort(marks);
    if (state.profile != null) {
      writeProfile(state.profile, out);
    }
    if (state.userRow != null) {
      state.userRow.write(out);
    }
    if (state.override != null) {
      out.writeByte(state.override.score());
      Binary.writeSigned(state.override.setAt(), out);
      Binary.writeSigned(state.override.expiresAt(), out);
    }
    if (state.overrideRow != null) {
      state.overrideRow.write(out);
    }
    if ((marks & HAS_CONTACT) != 0) {
      Binary.writeSigned(state.lastContactAt, out);
    }
    if (state.published != null) {
      out.writeByte(EnumCodes.BANDS.indexOf(state.published.band()));
      CompactDouble.write(state.published.score(), out);
    }
    Binary.writeUnsigned(state.revision, out);
    if ((marks & WAS_EVALUATED) != 0) {
      Binary.writeSigned(state.evaluatedAt, out);
      Binary.writeUnsigned(state.unconvertedOrders, out);
    }
    if ((marks & HAS_REVIEW) != 0) {
      Binary.writeSigned(state.reviewAt, out);
    }
    if ((marks & HAS_WAKE) != 0) {
      Binary.writeSigned(state.wakeAt, out);
    }
    if ((marks & HAS_ORDER_ROWS) != 0) {
      Binary.writeUnsigned(state.olderOrders, out);
      Binary.writeUnsigned(state.tombstones, out);
      if (state.tombstones > 0) {
        Binary.writeSigned(state.oldestRemoval, out);
        Binary.writeSigned(state.newestRemoval, out);
      }
    }
    if ((marks & HAS_OUTREACH) != 0) {
      state.outreach.write(texts(), out);
    }
    if (state.loading != null) {
      Binary.writeSigned(state.loading.since(), out);
      Binary.writeUnsigned(state.loading.until() - state.loading.since(), out);
    }
    state.orders.write(out);
  }

  private static int marks(UserState state) {
    int marks = 0;
    if (state.profile != null) {
      marks |= HAS_PROFILE | (state.profile.marketingConsent() ? HAS_CONSENT : 0);
    }
    if (state.userRow != null) {
      marks |= HAS_USER_VERSION;
    }
    if (state.override != null) {
      marks |= HAS_OVERRIDE;
    }
    if (state.overrideRow != null) {
      marks |= HAS_OVERRIDE_VERSION;
    }
    if (state.lastContactAt != Score.NEVER) {
      marks |= HAS_CONTACT;
    }
    if (state.published != null) {
      marks |=
          HAS_PUBLISHED
              | (state.published.scored() ? PUBLISHED_SCORED : 0)
              | (state.published.atRisk() ? PUBLISHED_AT_RISK : 0)
              | (state.published.overridden() ? PUBLISHED_OVERRIDDEN : 0);
    }
    if (state.evaluatedAt != Score.NEVER) {
      marks |= WAS_EVALUATED;
    }
    if (state.reviewAt != UserState.NEVER_DUE) {
      marks |= HAS_REVIEW;
    }
    if (state.wakeAt != UserState.NEVER_DUE) {
      marks |= HAS_WAKE;
    }
    if (state.tombstones > 0 || state.olderOrders > 0) {
      marks |= HAS_ORDER_ROWS;
    }
    if (state.loading != null) {
      marks |= IS_LOADING;
    }
    return state.outreach != null && !state.outreach.isEmpty() ? marks | HAS_OUTREACH : marks;
  }

  @Override
  public UserState deserialize(DataInputView in) throws IOException {
    int marks = in.readShort();
    Profile profile = (marks & HAS_PROFILE) != 0 ? readProfile(marks, in) : null;
    RowRegister userRow = (marks & HAS_USER_VERSION) != 0 ? RowRegister.read(in) : null;
    UserState.ScoreOverride override = null;
    if ((marks & HAS_OVERRIDE) != 0) {
      override =
          new UserState.ScoreOverride(in.readByte(), Binary.readSigned(in), Binary.readSigned(in));
    }
    RowRegister overrideRow = (marks & HAS_OVERRIDE_VERSION) != 0 ? RowRegister.read(in) : null;
    long lastContactAt = (marks & HAS_CONTACT) != 0 ? Binary.readSigned(in) : Score.NEVER;
    PublishedScore published = null;
    if ((marks & HAS_PUBLISHED) != 0) {
      Band band = EnumCodes.BANDS.get(in.readByte());
      published =
          new PublishedScore(
              (marks & PUBLISHED_SCORED) != 0,
              CompactDouble.read(in),
              band,
              (marks & PUBLISHED_AT_RISK) != 0,
              (marks & PUBLISHED_OVERRIDDEN) != 0);
    }
    long revision = Binary.readUnsigned(in);
    long evaluatedAt = Score.NEVER;
    int unconvertedOrders = 0;
    if ((marks & WAS_EVALUATED) != 0) {
      evaluatedAt = Binary.readSigned(in);
      unconvertedOrders = (int) Binary.readUnsigned(in);
    }
    long reviewAt = (marks & HAS_REVIEW) != 0 ? Binary.readSigned(in) : UserState.NEVER_DUE;
    long wakeAt = (marks & HAS_WAKE) != 0 ? Binary.readSigned(in) : UserState.NEVER_DUE;
    int olderOrders = 0;
    int tombstones = 0;
    long oldestRemoval = 0;
    long newestRemoval = 0;
    if ((marks & HAS_ORDER_ROWS) != 0) {
      olderOrders = (int) Binary.readUnsigned(in);
      tombstones = (int) Binary.readUnsigned(in);
      if (tombstones > 0) {
        oldestRemoval = Binary.readSigned(in);
        newestRemoval = Binary.readSigned(in);
      }
    }
    OutreachState outreach = (marks & HAS_OUTREACH) != 0 ? OutreachState.read(texts(), in) : null;
    Loading loading = (marks & IS_LOADING) != 0 ? readLoading(in) : null;
    UserState state = new UserState(UserOrders.read(in));
    state.olderOrders = olderOrders;
    state.tombstones = tombstones;
    state.oldestRemoval = oldestRemoval;
    state.newestRemoval = newestRemoval;
    state.outreach = outreach;
    state.profile = profile;
    state.userRow = userRow;
    state.override = override;
    state.overrideRow = overrideRow;
    state.lastContactAt = lastContactAt;
    state.published = published;
    state.revision = revision;
    state.evaluatedAt = evaluatedAt;
    state.unconvertedOrders = unconvertedOrders;
    state.reviewAt = reviewAt;
    state.wakeAt = wakeAt;
    state.loading = loading;
    return state;
  }

  private static Loading readLoading(DataInputView in) throws IOException {
    long since = Binary.readSigned(in);
    return new Loading(since, since + Binary.readUnsigned(in));
  }

  private void writeProfile(Profile profile, DataOutputView out) throws IOException {
    texts().writeText(profile.email(), out);
    texts().writeText(profile.name(), out);
    Binary.writeUnsigned(profile.preferredCategories().size(), out);
    for (String category : profile.preferredCategories()) {
      texts().writeText(category, out);
    }
    texts().writeText(profile.timeZone(), out);
    texts().writeText(profile.locale(), out);
    Binary.writeSigned(profile.createdAt(), out);
  }

  private Profile readProfile(int marks, DataInputView in) throws IOException {
    String email = texts().readText(in);
    String name = texts().readText(in);
    int count = (int) Binary.readUnsigned(in);
    List<String> categories = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      categories.add(texts().readText(in));
    }
    return new Profile(
        email,
        name,
        categories,
        texts().readText(in),
        texts().readText(in),
        (marks & HAS_CONSENT) != 0,
        Binary.readSigned(in));
  }

  private Binary texts() {
    if (texts == null) {
      texts = new Binary();
    }
    return texts;
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public TypeSerializer<UserState> duplicate() {
    return new UserStateSerializer();
  }

  @Override
  public UserState createInstance() {
    return new UserState();
  }

  @Override
  public UserState copy(UserState from) {
    return from.copy();
  }

  @Override
  public UserState copy(UserState from, UserState reuse) {
    return from.copy();
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public UserState deserialize(UserState reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UserStateSerializer;
  }

  @Override
  public int hashCode() {
    return UserStateSerializer.class.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<UserState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public, since Flink creates it by reflection on a restore. */
  public static final class Snapshot extends FormatSnapshot<UserState> {

    public Snapshot() {
      super(FORMAT);
    }

    @Override
    protected TypeSerializer<UserState> serializer(int formatVersion) {
      return new UserStateSerializer();
    }
  }
}
