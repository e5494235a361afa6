package io.rekindle.job.state;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.job.ChangeFactory;
import io.rekindle.scoring.policy.Band;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class UserStateSerializerTest {

  /** The state of {@link #stored()} in format 1, which every later version has to read. */
  private static final String FORMAT_1 =
      "ffff21616e6e61406578616d706c652e636f6d29536f6d65626f64792063616c6c656420616e6e61020d67617264656e0b626f6f6b731b4575726f70652f5669656e6e610b64652d41548080d4efed65a497b10250002a80f086c2ee6580e0b994ef65e0853d4000f6ef86c2ee6501ff404ec000000000000780f086c2ee650198f086c2ee6596f086c2ee65030180f086c2ee6580f086c2ee650f80a0eecaec658080d4efed652c15636164656e63652d7631ff0180a0eecaec650f64656661756c7411667269656e646c791b61406578616d706c652e636f6d0f424f554e434544e0863d4000f2ef86c2ee653c02028090a19ded650116b29a010180f0b2528e4ef6aee2045014008d7f2b1c1f4e4b579a702f6a4f2f1b11026f31";

  /** These users have fewer orders than would go to rows, and one tombstone. */
  private static final OrderLedger LEDGER = new OrderLedger(new OrderRowsInMemory(), DAY);

  private final UserStateSerializer serializer = new UserStateSerializer();

  @Test
  void shouldKeepEverything() throws IOException {
    UserState state = stored();
    assertThat(read(write(state))).usingRecursiveComparison().isEqualTo(exact(state));
  }

  @Test
  void shouldReadWhatFormat1Wrote() throws IOException {
    assertThat(HexFormat.of().formatHex(write(stored()))).isEqualTo(FORMAT_1);
    assertThat(read(HexFormat.of().parseHex(FORMAT_1)))
        .usingRecursiveComparison()
        .isEqualTo(exact(stored()));
  }

  @Test
  void shouldKeepAStateOfNothing() throws IOException {
    assertThat(read(write(new UserState())))
        .usingRecursiveComparison()
        .isEqualTo(exact(new UserState()));
  }

  @Test
  void shouldNeedLessThanAKilobyteForTwentyOrders() throws IOException {
    Random random = new Random(20);
    UserState state = new UserState();
    state.apply(
        ChangeFactory.user("8d7f2b1c-1f4e-4b57-9a70-2f6a4f2f1b11", START, version(1), false),
        START,
        LEDGER);
    for (int i = 0; i < 20; i++) {
      String id = new UUID(random.nextLong(), random.nextLong()).toString();
      long at = START - 9L * i * DAY - random.nextInt(80_000_000);
      state.apply(
          ChangeFactory.order(
              "u",
              at,
              version(random.nextInt(1_000_000)),
              id,
              at,
              random.nextInt(99_999),
              Kind.PLACED),
          at,
          LEDGER);
    }
    state.published = new PublishedScore(true, 78, Band.HEALTHY, false, false);
    state.evaluatedAt = START;
    state.revision = 40;
    state.reviewAt = START + DAY;
    state.wakeAt = START + DAY;
    assertThat(write(state).length).isLessThanOrEqualTo(1_024);
  }

  @Test
  void shouldCopyWhatCanChange() {
    UserState state = stored();
    UserState copy = serializer.copy(state);
    assertThat(copy).usingRecursiveComparison().isEqualTo(exact(state));

    copy.apply(
        ChangeFactory.order("u", START, version(99), "o1", START, 1, Kind.AMENDED), START, LEDGER);
    copy.apply(
        ChangeFactory.order("u", START, version(99), "o9", START, 1, Kind.PLACED), START, LEDGER);
    assertThat(exact(state)).usingRecursiveComparison().isEqualTo(exact(stored()));
  }

  /** Without room to grow, as the serializer makes it. */
  private static UserState exact(UserState state) {
    return state.copy();
  }

  private static UserState stored() {
    UserState state = new UserState();
    state.apply(ChangeFactory.user("anna", START, version(1), false), START, LEDGER);
    state.apply(
        ChangeFactory.order("anna", START, version(2), "o1", START - DAY, 4_999, Kind.PLACED),
        START,
        LEDGER);
    state.apply(
        ChangeFactory.order(
            "anna",
            START,
            new RowVersion(77, 0),
            "8d7f2b1c-1f4e-4b57-9a70-2f6a4f2f1b11",
            START - 2 * DAY,
            -1,
            Kind.PLACED),
        START,
        LEDGER);
    ChangeFactory shop = new ChangeFactory();
    state.apply(shop.order("anna", START, "gone", START, 1), START, LEDGER);
    state.apply(shop.noOrder("anna", START, "gone"), START, LEDGER);
    state.apply(shop.override("anna", START, 42, START + DAY), START, LEDGER);
    state.apply(shop.contact("anna", START - 5, "e1"), START, LEDGER);
    state.apply(
        new SuppressionChanged("anna", START, shop.next(), false, "a@example.com", "BOUNCED"),
        START,
        LEDGER);
    state.olderOrders = 3;
    state.outreach().episode = Episode.opened(START - 3 * DAY, START - DAY, 44, "cadence-v1");
    state.outreach().decided(START - 3 * DAY);
    state.outreach().experimentId = "default";
    state.outreach().arm = "friendly";
    state.published = new PublishedScore(true, 61.5, Band.COOLING, true, true);
    state.evaluatedAt = START;
    state.revision = 7;
    state.unconvertedOrders = 1;
    state.reviewAt = START + 12;
    state.wakeAt = START + 11;
    state.loading = new Loading(START - 7, START + 53);
    return state;
  }

  private static RowVersion version(long place) {
    return new RowVersion(5_000_000 + 100 * place, 5_000_040 + 100 * place);
  }

  private byte[] write(UserState state) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(state, out);
    return out.getCopyOfBuffer();
  }

  private UserState read(byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    UserState state = serializer.deserialize(in);
    assertThat(in.available()).isZero();
    return state;
  }
}
