package io.rekindle.connectors.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChangeDecoderTest {

  private static final String ORDERS = "rekindle.shop.orders";
  private static final RowVersion STREAMED = new RowVersion(22_570_104, 22_570_448);

  private final ChangeDecoder decoder = new ChangeDecoder();

  /** What Debezium 3.7.0 wrote of a Postgres 17, in the order in which it did. */
  @Test
  void shouldUnderstandWhatDebeziumWrites() throws IOException {
    List<String> described = new ArrayList<>();
    for (String line : lines("captured.tsv")) {
      CapturedLine captured = CapturedLine.parse(line);
      described.add(describe(RecordingReceiver.by(decoder, captured.message(captured.value))));
    }
    assertThat(described)
        .containsExactly(
            "user u-1 ann@example.com Ann Ödegaard [books, garden, tools] Europe/Oslo nb-NO"
                + " consents, since 1704164645678, snapshot, version 22564648/0",
            "user u-2 null null [] UTC en, since 1795301653547, snapshot, version 22564648/0",
            "order o-1 of u-1 at 1793523600500 net 5990 EUR PLACED, snapshot, version 22564648/0",
            "nothing",
            "override u-2 7 from 1795301653553 to 253402300799999, snapshot,"
                + " version 22564648/0",
            "policy p-1 {\"a\": 1} active, snapshot, version 22564648/0",
            "tick 1795301663996",
            "tick 1795301663996",
            "order o-2 of u-1 at 1795298292123 net 12050 EUR PLACED, version 22570104/22570104",
            "order o-2 of u-1 at 1795298292123 net 10050 EUR REFUNDED, version 22570392/22570448",
            "order o-1 of u-1 at 1793523600500 net 0 EUR CANCELLED, version 22570680/22570736",
            "order o-2 leaves u-1, moved, version 22570968/22571024;"
                + " order o-2 of u-2 at 1795298292123 net 10050 EUR MOVED_IN,"
                + " version 22570968/22571024",
            "order o-2 leaves u-2, version 22571384/22571440",
            "order o-3 of u-2 at 1795298292123 net 10050 EUR PLACED, version 22571384/22571440",
            "order o-3 leaves u-2, version 22571800/22571800",
            "order o-4 of u-1 at -1 net 100 USD PLACED, version 22571968/22571968",
            "OUT_OF_RANGE: after.placed_at is '-0043-03-15T00:00:00.000000Z': it has to be in the"
                + " years 1 to 9999, and not infinite",
            "OUT_OF_RANGE: after.placed_at is 'infinity': it has to be in the years 1 to 9999, and"
                + " not infinite",
            "OUT_OF_RANGE: after.placed_at is '-infinity': it has to be in the years 1 to 9999, and"
                + " not infinite",
            "user u-1 ann@example.com (unchanged) null Europe/Oslo nb-NO, since 1704164645678,"
                + " version 22672240/22672416",
            "user u-2 gone, version 22672632/22672632",
            "contact e-1 of u-1 at 1795301670703, version 22672752/22672752",
            "time 1795301670703",
            "override u-2 gone, version 22673048/22673048",
            "policy p-2 {}, version 22673200/22673200",
            "policy p-1 {\"a\": 1}, version 22673400/22673400",
            "policy p-2 {} active, version 22673400/22673632",
            "policy p-1 null, version 22673952/22673952",
            "TRUNCATE: Table shop.orders was truncated, which names no rows, so their users keep"
                + " what they had: delete rows with DELETE, or let the connector take a new"
                + " snapshot",
            "outreach on 30 14 1000 default 100000"
                + " [friendly 1000000 winback-v1 'warm and friendly' 'null'], snapshot,"
                + " version 26935784/0",
            "suppression of u-1 at ann@example.com, BOUNCED, version 26984064/26984488",
            "suppression of u-1 at null, COMPLAINT, version 26984824/26984824",
            "suppression of u-1 gone, version 26985072/26985072",
            "outreach off 7 14 1000 spring 250000"
                + " [warm 2500000 winback-v1 'null' 'Versand für „lau“',"
                + " brief 1 winback-v1 'brief' 'null'], version 26985240/26985360",
            "outreach off 30 14 1000 default 100000"
                + " [friendly 1000000 winback-v1 'warm and friendly' 'null'],"
                + " version 26986576/26986576",
            "outreach on 30 14 1000 default 100000"
                + " [friendly 1000000 winback-v1 'warm and friendly' 'null'],"
                + " version 26986968/26986968",
            "outreach on 30 14 1000 sum\"mer 1"
                + " [friendly 1000000 winback-v1 'warm and friendly' 'null'],"
                + " version 26987912/26987968",
            "contact e-2 of u-1 at 1795315855981, version 26989008/26989008");
  }

  @Test
  void shouldNotDependOnTheOrderOfFields() throws IOException {
    ObjectMapper json = new ObjectMapper();
    for (String line : lines("captured.tsv")) {
      CapturedLine captured = CapturedLine.parse(line);
      String reversed = json.writeValueAsString(reversed(json.readTree(captured.value), json));
      assertThat(describe(RecordingReceiver.by(decoder, captured.message(reversed))))
          .isEqualTo(describe(RecordingReceiver.by(decoder, captured.message(captured.value))));
    }
  }

  @Test
  void shouldCountARowWhoseDatabaseIsAnHourAheadWithAClampedTime() {
    long kafkaTime = DebeziumEvents.COMMIT_TIME - 3_600_000;
    RecordingReceiver decoded = orderAt(kafkaTime);
    assertThat(decoded.reason).isNull();
    assertThat(decoded.clockAheadMs).isEqualTo(3_600_000);
    OrderChanged order = (OrderChanged) decoded.changes.get(0);
    assertThat(order.commitTime()).isEqualTo(kafkaTime + ChangeDecoder.MAX_COMMIT_AHEAD_MS);
    assertThat(order.netMinor()).isEqualTo(5_990);
  }

  @Test
  void shouldTakeTheOrderThatADatabaseTwoDaysAheadStampsItself() {
    long kafkaTime = DebeziumEvents.COMMIT_TIME - 2 * 86_400_000;
    RecordingReceiver decoded = orderAt(kafkaTime);
    assertThat(decoded.reason).isNull();
    assertThat(decoded.changes).hasSize(1);
  }

  @Test
  void shouldKeepTheTimeOfACommitThatIsLittleAheadOrBehind() {
    for (long ahead : new long[] {ChangeDecoder.MAX_COMMIT_AHEAD_MS, 0, -3_600_000}) {
      RecordingReceiver decoded = orderAt(DebeziumEvents.COMMIT_TIME - ahead);
      assertThat(decoded.clockAheadMs).isZero();
      assertThat(decoded.changes.get(0).commitTime()).isEqualTo(DebeziumEvents.COMMIT_TIME);
    }
  }

  @Test
  void shouldReportAnotherDatabaseAndAnUnknownCommitPosition() {
    assertThat(
            RecordingReceiver.by(
                    decoder,
                    ofOrders(
                        DebeziumEvents.event("shop.orders", "c", "null", DebeziumEvents.ORDER)))
                .otherDatabases)
        .isEmpty();
    String other =
        DebeziumEvents.event("shop.orders", "c", "null", DebeziumEvents.ORDER)
            .replace("\"db\":\"rekindle\"", "\"db\":\"staging\"");
    assertThat(RecordingReceiver.by(decoder, ofOrders(other)).otherDatabases)
        .containsExactly("staging");
    String first =
        DebeziumEvents.event("shop.orders", "c", "null", DebeziumEvents.ORDER)
            .replace("[\\\"22570104\\\"", "[null");
    RecordingReceiver decoded = RecordingReceiver.by(decoder, ofOrders(first));
    assertThat(decoded.unknownCommitPositions).isEqualTo(1);
    assertThat(decoded.changes).hasSize(1);
  }

  /** An inserted order, in a record of this time. */
  private RecordingReceiver orderAt(long kafkaTime) {
    return RecordingReceiver.by(
        decoder,
        RecordingReceiver.message(
            "rekindle.shop.orders",
            2,
            kafkaTime,
            "{}",
            DebeziumEvents.event("shop.orders", "c", "null", DebeziumEvents.ORDER)));
  }

  private static ConsumerRecord<byte[], byte[]> ofOrders(String value) {
    return RecordingReceiver.message(
        "rekindle.shop.orders", 2, DebeziumEvents.COMMIT_TIME, "{}", value);
  }

  @Test
  void shouldIgnoreColumnsThatItDoesNotKnow() {
    String row =
        DebeziumEvents.ORDER.replace(
            "\"category\"", "\"extra\":{\"amount\":[1,{\"a\":null}]},\"more\":[[]],\"category\"");
    assertThat(orderEvent("c", "null", row).changes).hasSize(1);
  }

  @Test
  void shouldAcceptAUserOfWhomOnlyTheIdAndTheDateAreKnown() {
    String row = "{\"user_id\":\"u-1\",\"created_at\":\"2024-01-02T03:04:05Z\"}";
    assertThat(decode("shop.users", "c", "null", row).changes)
        .containsExactly(
            new UserChanged(
                "u-1",
                DebeziumEvents.COMMIT_TIME,
                new RowVersion(22_570_104, 22_570_448),
                false,
                null,
                null,
                List.of(),
                null,
                null,
                false,
                1_704_164_645_000L));
  }

  @Test
  void shouldCutLongTextsBetweenCharacters() {
    String row = DebeziumEvents.USER.replace("\"Ann\"", "\"" + "a".repeat(511) + "😀😀\"");
    Change user = decode("shop.users", "c", "null", row).changes.get(0);
    assertThat(((UserChanged) user).name()).isEqualTo("a".repeat(511));
  }

  @Test
  void shouldCountAnIdsCharactersLikeTheDatabase() {
    String row = DebeziumEvents.ORDER.replace("\"u-1\"", "\"" + "😀".repeat(128) + "\"");
    assertThat(orderEvent("c", "null", row).changes.get(0).userId()).isEqualTo("😀".repeat(128));
  }

  @Test
  void shouldTakeAnUnchangedColumnFromTheOldRow() {
    String after = DebeziumEvents.ORDER.replace("\"o-1\"", "\"__debezium_unavailable_value\"");
    RecordingReceiver decoded = orderEvent("u", DebeziumEvents.ORDER, after);
    assertThat(((OrderChanged) decoded.changes.get(0)).orderId()).isEqualTo("o-1");
  }

  @Test
  void shouldKnowAnUnchangedColumnInBase64() {
    String row =
        DebeziumEvents.USER.replace("\"Ann\"", "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"");
    Change user = decode("shop.users", "u", "null", row).changes.get(0);
    assertThat(((UserChanged) user).name()).isSameAs(UserChanged.UNCHANGED);
  }

  @Test
  void shouldNotKnowTheCommitBeforeTheFirstStreamedTransaction() {
    String event =
        DebeziumEvents.event("shop.orders", "c", "null", DebeziumEvents.ORDER)
            .replace("\\\"22570104\\\"", "null");
    assertThat(decodeOrders(event).changes.get(0).version())
        .isEqualTo(new RowVersion(RowVersion.UNKNOWN, 22_570_448));
  }

  @Test
  void shouldTakeTheCommitTimeOfAnEmailWithoutTimeOfSending() {
    String row = "{\"email_id\":\"e-1\",\"user_id\":\"u-1\",\"status\":\"SENT\",\"sent_at\":null}";
    assertThat(decode("engagement.emails", "c", "null", row).changes)
        .singleElement()
        .isInstanceOfSatisfying(
            Contacted.class,
            contact -> assertThat(contact.sentAt()).isEqualTo(DebeziumEvents.COMMIT_TIME));
  }

  @Test
  void shouldNotTakeAnEmailForSentInTheFuture() {
    String row =
        "{\"email_id\":\"e-1\",\"user_id\":\"u-1\",\"status\":\"SENT\","
            + "\"sent_at\":\"2126-01-01T00:00:00.000000Z\"}";
    assertThat(decode("engagement.emails", "c", "null", row).changes)
        .singleElement()
        .isInstanceOfSatisfying(
            Contacted.class,
            contact -> assertThat(contact.sentAt()).isEqualTo(DebeziumEvents.COMMIT_TIME));
  }

  @Test
  void shouldKeepDecodingAfterARecordThatItRefused() {
    assertThat(decodeOrders("{\"before\":{\"order_id\":\"stale").reason)
        .isEqualTo(DeadLetterReason.NOT_JSON);
    RecordingReceiver next = orderEvent("c", "null", "{\"user_id\":\"u-1\"}");
    assertThat(next.reason).isEqualTo(DeadLetterReason.MISSING_FIELD);
    assertThat(next.error).contains("after.order_id is missing");
  }

  @Test
  void shouldReadWhoIsNotToBeWrittenTo() {
    assertThat(decode("engagement.suppressions", "c", "null", DebeziumEvents.SUPPRESSION).changes)
        .containsExactly(
            new SuppressionChanged(
                "u-1", DebeziumEvents.COMMIT_TIME, STREAMED, false, "ann@example.com", "BOUNCED"));
    String person = DebeziumEvents.SUPPRESSION.replace("\"ann@example.com\"", "null");
    assertThat(decode("engagement.suppressions", "r", "null", person).changes)
        .containsExactly(
            new SuppressionChanged(
                "u-1",
                DebeziumEvents.COMMIT_TIME,
                new RowVersion(22_570_448, 0),
                true,
                null,
                "BOUNCED"));
    assertThat(decode("engagement.suppressions", "d", DebeziumEvents.SUPPRESSION, "null").changes)
        .containsExactly(
            new SuppressionRemoved("u-1", DebeziumEvents.COMMIT_TIME, STREAMED, false));
  }

  @Test
  void shouldSuppressForAnyReason() {
    String row = DebeziumEvents.SUPPRESSION.replace("BOUNCED", "SOMETHING_NEW");
    assertThat(decode("engagement.suppressions", "c", "null", row).changes)
        .singleElement()
        .isInstanceOfSatisfying(
            SuppressionChanged.class,
            suppression -> assertThat(suppression.reason()).isEqualTo("SOMETHING_NEW"));
  }

  @Test
  void shouldReadModelsOfPolicies() {
    String row =
        "{\"model_version\":\"m\",\"policy_version\":\"p\",\"document\":\"{}\",\"active\":true}";
    assertThat(decode("engagement.models", "u", "null", row).ruleChanges)
        .containsExactly(
            new ModelChanged("m", "p", DebeziumEvents.COMMIT_TIME, STREAMED, false, "{}", true));
    assertThat(decode("engagement.models", "d", row, "null").ruleChanges)
        .containsExactly(
            new ModelChanged("m", null, DebeziumEvents.COMMIT_TIME, STREAMED, false, null, false));
  }

  @Test
  void shouldReadTheRulesOfOutreach() {
    assertThat(
            decode("engagement.outreach_settings", "c", "null", DebeziumEvents.OUTREACH)
                .ruleChanges)
        .containsExactly(
            new OutreachChanged(
                DebeziumEvents.COMMIT_TIME,
                STREAMED,
                false,
                new OutreachRules(
                    false,
                    7,
                    0,
                    50,
                    CapOrder.VALUE_AT_STAKE,
                    "spring",
                    250_000,
                    List.of(
                        new OutreachVariant("warm", 2_500_000, "winback-v1", null, "Free shipping"),
                        new OutreachVariant("brief", 0, "winback-v1", "brief", null)),
                    50_000,
                    "autumn")));
  }

  /** Events from before the columns have none. */
  @Test
  void shouldHaveNoControlGroupInRulesFromBeforeIt() {
    String before =
        DebeziumEvents.OUTREACH.replace(
            "\"control_share\":\"0.05\",\"control_salt\":\"autumn\",", "");
    RuleChange change =
        decode("engagement.outreach_settings", "c", "null", before).ruleChanges.get(0);
    assertThat(((OutreachChanged) change).rules().controlPpm()).isZero();
    assertThat(((OutreachChanged) change).rules().controlSalt()).isEqualTo("rekindle");
  }

  @Test
  void shouldWriteToNobodyWithoutRulesOfOutreach() {
    assertThat(
            decode("engagement.outreach_settings", "d", DebeziumEvents.OUTREACH, "null")
                .ruleChanges)
        .containsExactly(
            new OutreachChanged(DebeziumEvents.COMMIT_TIME, STREAMED, false, OutreachRules.NONE));
  }

  static Stream<Arguments> malformedRules() {
    String variant =
        "{\"name\":\"a\",\"weight\":1,\"prompt\":\"p\",\"tone\":\"t\",\"offer\":\"o\"}";
    String sound = DebeziumEvents.OUTREACH;
    return Stream.of(
        rules(sound.replace("\"enabled\":false", "\"enabled\":\"no\""), "after.enabled is 'no'"),
        rules(sound.replace("\"enabled\":false,", ""), "after.enabled is missing"),
        rules(sound.replace("_days\":7", "_days\":3651"), "after.cooldown_days is 3651"),
        rules(sound.replace("_days\":0", "_days\":-1"), "after.stale_days is '-1'"),
        rules(sound.replace("_cap\":50", "_cap\":2147483648"), "after.daily_cap is 2147483648"),
        rules(sound.replace("VALUE_AT_STAKE", "VALUE"), "after.cap_order is 'VALUE'"),
        rules(sound.replace("\"VALUE_AT_STAKE\"", "7"), "after.cap_order is '7'"),
        rules(sound.replace("\"spring\"", "\"\""), "after.experiment_id is empty"),
        rules(sound.replace("\"0.25\"", "\"1.01\""), "after.holdout_share is '1.01'"),
        rules(sound.replace("\"0.25\"", "\"-0.1\""), "after.holdout_share is '-0.1'"),
        rules(sound.replace("\"0.25\"", "\"0.0000001\""), "after.holdout_share is '0.0000001'"),
        rules(sound.replace("\"0.25\"", "\"1E-999999999\""), "after.holdout_share is '1E-9999"),
        rules(sound.replace("\"0.25\"", "\"1E9999999999\""), "after.holdout_share is '1E99999"),
        rules(sound.replace("\"0.25\"", "\"NaN\""), "after.holdout_share is 'NaN'"),
        rules(sound.replace("\"0.25\"", "null"), "after.holdout_share is null"),
        rules(sound.replace("\"0.05\"", "\"0.200001\""), "after.control_share is '0.200001'"),
        rules(sound.replace("\"0.05\"", "\"-0.01\""), "after.control_share is '-0.01'"),
        rules(sound.replace("\"autumn\"", "\"\""), "after.control_salt is empty"),
        rules(DebeziumEvents.outreach("{}"), "after.variants is no array"),
        rules(DebeziumEvents.outreach(""), "after.variants is no array"),
        rules(DebeziumEvents.outreach("[]"), "after.variants has no weight"),
        rules(DebeziumEvents.outreach("[" + variant), "after.variants is not valid JSON"),
        rules(DebeziumEvents.outreach("[" + variant + "] 1"), "after.variants goes on"),
        rules(DebeziumEvents.outreach("[" + variant + ",3]"), "after.variants[1] is no object"),
        rules(DebeziumEvents.outreach("[" + variant + "," + variant + "]"), "a name twice"),
        rules(DebeziumEvents.outreach(manyVariants(17)), "after.variants[16] is one too many"),
        rules(variant(variant, "\"a\"", "\"HOLDOUT\""), "after.variants[0].name is 'HOLDOUT'"),
        rules(variant(variant, "\"a\"", "\"a b\""), "after.variants[0].name is 'a b'"),
        rules(variant(variant, "\"weight\":1,", ""), "after.variants[0].weight is missing"),
        rules(variant(variant, ":1,", ":0,"), "after.variants has no weight"),
        rules(variant(variant, ":1,", ":1000001,"), "after.variants[0].weight is '1000001'"),
        rules(variant(variant, ":1,", ":1.0000005,"), "after.variants[0].weight is '1.0000005'"),
        rules(variant(variant, ":1,", ":true,"), "after.variants[0].weight is true"),
        rules(variant(variant, "\"p\"", "\"../p\""), "after.variants[0].prompt is '../p'"),
        rules(variant(variant, "\"t\"", "7"), "after.variants[0].tone is '7'"),
        rules(variant(variant, "\"t\"", "\"a\\u0000\""), "after.variants[0].tone has a NUL"),
        rules(
            variant(variant, "\"o\"", "\"" + "o".repeat(501) + "\""),
            "after.variants[0].offer has more than 500 characters"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("malformedRules")
  void shouldRefuseRulesThatTheTableWouldNotTake(String row, String part) {
    RecordingReceiver decoded = decode("engagement.outreach_settings", "c", "null", row);
    assertThat(decoded.error).contains(part);
    assertThat(decoded.outcomes()).as("nothing but the refusal").isEqualTo(1);
  }

  private static Arguments rules(String row, String part) {
    return Arguments.of(row, part);
  }

  private static String variant(String sound, String part, String instead) {
    return DebeziumEvents.outreach("[" + sound.replace(part, instead) + "]");
  }

  private static String manyVariants(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"name\":\"v" + i + "\",\"weight\":1,\"prompt\":\"p\"}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  static Stream<Arguments> malformed() {
    String order = DebeziumEvents.ORDER;
    return Stream.of(
        refused("nothing at all", "", DeadLetterReason.NOT_A_CHANGE_EVENT, "not a JSON object"),
        refused("no JSON", "hello", DeadLetterReason.NOT_JSON, "not valid JSON"),
        refused(
            "cut off", event(order).substring(0, 300), DeadLetterReason.NOT_JSON, "not valid JSON"),
        refused("two events", event(order) + event(order), DeadLetterReason.NOT_JSON, "goes on"),
        refused("an array", "[]", DeadLetterReason.NOT_A_CHANGE_EVENT, "not a JSON object"),
        refused("null as text", "null", DeadLetterReason.NOT_A_CHANGE_EVENT, "not a JSON object"),
        refused("an empty object", "{}", DeadLetterReason.NOT_A_CHANGE_EVENT, "no op"),
        refused(
            "with schema",
            "{\"schema\":{},\"payload\":" + event(order) + "}",
            DeadLetterReason.NOT_A_CHANGE_EVENT,
            "schemas.enable to false"),
        refused("no source", "{\"op\":\"c\"}", DeadLetterReason.NOT_A_CHANGE_EVENT, "no source"),
        refused(
            "source as text",
            "{\"op\":\"c\",\"source\":\"x\"}",
            DeadLetterReason.WRONG_TYPE,
            "source has to be an object"),
        refused(
            "unknown op",
            orderOp("x", "null", order),
            DeadLetterReason.UNKNOWN_OPERATION,
            "op is 'x'"),
        refused(
            "a message",
            orderOp("m", "null", order),
            DeadLetterReason.UNKNOWN_OPERATION,
            "op is 'm'"),
        refused(
            "op as number",
            event(order).replace("\"op\":\"c\"", "\"op\":3"),
            DeadLetterReason.UNKNOWN_OPERATION,
            "op is '3'"),
        refused(
            "a table of others",
            DebeziumEvents.event("shop.carts", "c", "null", "{}"),
            DeadLetterReason.UNKNOWN_TABLE,
            "source.table is 'carts'"),
        refused(
            "a schema of others",
            DebeziumEvents.event("public.orders", "c", "null", order),
            DeadLetterReason.UNKNOWN_TABLE,
            "source.schema is 'public'"),
        refused("truncate", orderOp("t", "null", "null"), DeadLetterReason.TRUNCATE, "shop.orders"),
        refused(
            "no new row", orderOp("c", "null", "null"), DeadLetterReason.MISSING_FIELD, "after"),
        refused(
            "no old row",
            orderOp("d", "null", "null"),
            DeadLetterReason.NO_OLD_ROW,
            "REPLICA IDENTITY"),
        refused("update alone", orderOp("u", "null", order), DeadLetterReason.NO_OLD_ROW, "FULL"),
        refused(
            "old row without user",
            orderOp("d", "{\"order_id\":\"o-1\"}", "null"),
            DeadLetterReason.NO_OLD_ROW,
            "before.user_id has no value: run ALTER TABLE shop.orders REPLICA IDENTITY FULL"),
        refused(
            "old row by replica identity default",
            orderOp("d", "{\"order_id\":\"o-1\",\"user_id\":\"\",\"amount\":\"0\"}", "null"),
            DeadLetterReason.NO_OLD_ROW,
            "REPLICA IDENTITY FULL"),
        refused(
            "row as text",
            orderOp("c", "null", "\"row\""),
            DeadLetterReason.WRONG_TYPE,
            "after has"),
        refused(
            "missing user",
            event(order.replace("\"user_id\":\"u-1\",", "")),
            DeadLetterReason.MISSING_FIELD,
            "after.user_id is missing"),
        refused(
            "user null",
            event(order.replace("\"u-1\"", "null")),
            DeadLetterReason.MISSING_FIELD,
            "after.user_id is null"),
        refused(
            "user as number",
            event(order.replace("\"u-1\"", "17")),
            DeadLetterReason.WRONG_TYPE,
            "after.user_id is '17'"),
        refused(
            "empty id",
            event(order.replace("\"u-1\"", "\"\"")),
            DeadLetterReason.OUT_OF_RANGE,
            "after.user_id is empty"),
        refused(
            "long id",
            event(order.replace("\"o-1\"", "\"" + "o".repeat(129) + "\"")),
            DeadLetterReason.OUT_OF_RANGE,
            "after.order_id has more than 128"),
        refused(
            "NUL in an id",
            event(order.replace("u-1", "u\\u00001")),
            DeadLetterReason.INVALID_TEXT,
            "after.user_id has a NUL"),
        refused(
            "NUL in a text",
            event(order.replace("books", "\\u0000")),
            DeadLetterReason.INVALID_TEXT,
            "after.category has a NUL"),
        refused(
            "half a character",
            event(order.replace("u-1", "u\\ud83d")),
            DeadLetterReason.INVALID_TEXT,
            "half a surrogate"),
        refused(
            "amount as text",
            event(order.replace("59.90", "cheap")),
            DeadLetterReason.WRONG_TYPE,
            "after.amount is 'cheap'"),
        refused(
            "amount as base64",
            event(order.replace("59.90", "F2Y=")),
            DeadLetterReason.WRONG_TYPE,
            "after.amount"),
        refused(
            "amount as boolean",
            event(order.replace("\"59.90\"", "true")),
            DeadLetterReason.WRONG_TYPE,
            "after.amount is true"),
        refused(
            "large amount",
            event(order.replace("59.90", "1000000000000.00")),
            DeadLetterReason.OUT_OF_RANGE,
            "after.amount"),
        refused(
            "negative amount",
            event(order.replace("59.90", "-1.00")),
            DeadLetterReason.OUT_OF_RANGE,
            "after.amount"),
        refused(
            "amount too fine",
            event(order.replace("59.90", "0.001")),
            DeadLetterReason.OUT_OF_RANGE,
            "after.amount"),
        refused(
            "negative refund",
            event(order.replace("0.00", "-0.01")),
            DeadLetterReason.OUT_OF_RANGE,
            "after.refunded_amount"),
        refused(
            "time as number",
            event(order.replace("\"2026-11-21T21:58:12.123456Z\"", "1795298292123456")),
            DeadLetterReason.WRONG_TYPE,
            "time.precision.mode"),
        refused(
            "time without offset",
            event(order.replace("12.123456Z", "12.123456")),
            DeadLetterReason.WRONG_TYPE,
            "after.placed_at"),
        refused(
            "order in the future",
            event(order.replace("2026-11-21T21", "2026-11-23T21")),
            DeadLetterReason.ORDER_IN_FUTURE,
            "more than a day ahead"),
        refused(
            "currency in small letters",
            event(order.replace("EUR", "eur")),
            DeadLetterReason.WRONG_TYPE,
            "after.currency is 'eur'"),
        refused(
            "missing currency",
            event(order.replace("\"currency\":\"EUR\",", "")),
            DeadLetterReason.MISSING_FIELD,
            "after.currency"),
        refused(
            "unknown status",
            event(order.replace("PLACED", "SHIPPED")),
            DeadLetterReason.WRONG_TYPE,
            "after.status is 'SHIPPED'"),
        refused(
            "status null",
            event(order.replace("\"PLACED\"", "null")),
            DeadLetterReason.MISSING_FIELD,
            "after.status is null"),
        refused(
            "no commit time",
            event(order).replace("\"ts_ms\":" + DebeziumEvents.COMMIT_TIME + ",", ""),
            DeadLetterReason.MISSING_FIELD,
            "source.ts_ms"),
        refused(
            "commit time as text",
            event(order).replace("" + DebeziumEvents.COMMIT_TIME + ",\"snap", "\"now\",\"snap"),
            DeadLetterReason.WRONG_TYPE,
            "source.ts_ms"),
        refused(
            "commit beyond all calendars",
            event(order)
                .replace("" + DebeziumEvents.COMMIT_TIME + ",\"snap", "9000000000000000,\"snap"),
            DeadLetterReason.OUT_OF_RANGE,
            "source.ts_ms"),
        refused(
            "no position",
            event(order).replace("\"lsn\":22570448,", ""),
            DeadLetterReason.MISSING_FIELD,
            "source.lsn"),
        refused(
            "negative position",
            event(order).replace("\"lsn\":22570448,", "\"lsn\":-1,"),
            DeadLetterReason.WRONG_TYPE,
            "source.lsn"),
        refused(
            "strange sequence",
            event(order).replace("[\\\"22570104\\\"", "[\\\"a\\\""),
            DeadLetterReason.WRONG_TYPE,
            "source.sequence"),
        refused(
            "endless nesting",
            "{\"op\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}",
            DeadLetterReason.NOT_JSON,
            "not valid JSON"),
        refused(
            "unpublished old value",
            event(order.replace("o-1", "__debezium_unavailable_value")),
            DeadLetterReason.NO_OLD_ROW,
            "after.order_id was left alone"),
        refused(
            "score out of range",
            DebeziumEvents.event(
                "engagement.score_overrides", "c", "null", "{\"user_id\":\"u\",\"score\":101}"),
            DeadLetterReason.OUT_OF_RANGE,
            "after.score is 101"),
        refused(
            "a suppression of nobody",
            DebeziumEvents.event(
                "engagement.suppressions",
                "c",
                "null",
                DebeziumEvents.SUPPRESSION.replace("\"u-1\"", "null")),
            DeadLetterReason.MISSING_FIELD,
            "after.user_id is null"),
        refused(
            "a suppressed address as a number",
            DebeziumEvents.event(
                "engagement.suppressions",
                "c",
                "null",
                DebeziumEvents.SUPPRESSION.replace("\"ann@example.com\"", "1")),
            DeadLetterReason.WRONG_TYPE,
            "after.address is '1'"),
        refused(
            "score with decimals",
            DebeziumEvents.event(
                "engagement.score_overrides", "c", "null", "{\"user_id\":\"u\",\"score\":1.5}"),
            DeadLetterReason.WRONG_TYPE,
            "after.score is '1.5'"),
        refused(
            "consent as text",
            DebeziumEvents.event(
                "shop.users",
                "c",
                "null",
                DebeziumEvents.USER.replace(
                    "\"marketing_consent\":true", "\"marketing_consent\":\"yes\"")),
            DeadLetterReason.WRONG_TYPE,
            "after.marketing_consent is 'yes'"),
        refused(
            "categories as text",
            DebeziumEvents.event(
                "shop.users",
                "c",
                "null",
                DebeziumEvents.USER.replace("[\"books\"]", "\"{books}\"")),
            DeadLetterReason.WRONG_TYPE,
            "after.preferred_categories"),
        refused(
            "categories as numbers",
            DebeziumEvents.event(
                "shop.users", "c", "null", DebeziumEvents.USER.replace("[\"books\"]", "[1]")),
            DeadLetterReason.WRONG_TYPE,
            "after.preferred_categories"),
        refused(
            "a tick in another partition",
            DebeziumEvents.event(
                "engagement.clock",
                "u",
                "null",
                "{\"topic\":\"rekindle.shop.orders\",\"partition\":3}"),
            DeadLetterReason.MISROUTED_TICK,
            "ClockRouting"),
        refused(
            "a policy without document",
            DebeziumEvents.event(
                "engagement.scoring_policies", "c", "null", "{\"policy_version\":\"p\"}"),
            DeadLetterReason.MISSING_FIELD,
            "after.document"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void shouldRefuseWithReasonAndSentence(
      String name, String value, DeadLetterReason reason, String part) {
    RecordingReceiver decoded = decodeOrders(value);
    assertThat(decoded.reason).as("%s: %s", name, decoded.error).isEqualTo(reason);
    assertThat(decoded.error).contains(part);
    assertThat(decoded.outcomes()).as("nothing but the refusal").isEqualTo(1);
  }

  @Test
  void shouldRefuseARecordWithoutValue() {
    assertThat(decodeOrders(null).reason).isEqualTo(DeadLetterReason.NULL_VALUE);
  }

  @Test
  void shouldRefuseARecordWithoutKey() {
    for (String key : new String[] {null, ""}) {
      assertThat(
              RecordingReceiver.by(
                      decoder,
                      RecordingReceiver.message(ORDERS, 0, -1, key, event(DebeziumEvents.ORDER)))
                  .reason)
          .isEqualTo(DeadLetterReason.NO_KEY);
    }
  }

  @Test
  void shouldRefuseALargeRecordUnread() {
    byte[] value = new byte[ChangeDecoder.MAX_VALUE_BYTES + 1];
    RecordingReceiver decoded =
        RecordingReceiver.by(
            decoder, RecordingReceiver.message(ORDERS, 0, -1, "k".getBytes(UTF_8), value));
    assertThat(decoded.reason).isEqualTo(DeadLetterReason.TOO_LARGE);
  }

  @Test
  void shouldRefuseBytesThatAreNoText() {
    byte[] value = event(DebeziumEvents.ORDER).getBytes(UTF_8);
    value[40] = (byte) 0xFF;
    RecordingReceiver decoded =
        RecordingReceiver.by(
            decoder, RecordingReceiver.message(ORDERS, 0, -1, "k".getBytes(UTF_8), value));
    assertThat(decoded.reason).isEqualTo(DeadLetterReason.NOT_JSON);
  }

  private RecordingReceiver orderEvent(String op, String before, String after) {
    return decodeOrders(orderOp(op, before, after));
  }

  private RecordingReceiver decode(String table, String op, String before, String after) {
    return decodeOrders(DebeziumEvents.event(table, op, before, after));
  }

  private RecordingReceiver decodeOrders(String value) {
    return RecordingReceiver.by(
        decoder,
        RecordingReceiver.message(
            ORDERS, 0, DebeziumEvents.COMMIT_TIME + 100, "{\"id\":1}", value));
  }

  private static String event(String order) {
    return orderOp("c", "null", order);
  }

  private static String orderOp(String op, String before, String after) {
    return DebeziumEvents.event("shop.orders", op, before, after);
  }

  private static Arguments refused(
      String name, String value, DeadLetterReason reason, String part) {
    return Arguments.of(name, value, reason, part);
  }

  private static JsonNode reversed(JsonNode node, ObjectMapper json) {
    if (!node.isObject()) {
      return node;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    var result = json.createObjectNode();
    for (int i = names.size() - 1; i >= 0; i--) {
      result.set(names.get(i), reversed(node.get(names.get(i)), json));
    }
    return result;
  }

  /** A line of the file: topic, partition, key and value between tabs, "null" for none. */
  private record CapturedLine(String topic, int partition, String key, String value) {

    static CapturedLine parse(String line) {
      List<String> parts = List.of(line.split("\t", -1));
      return new CapturedLine(
          parts.get(0),
          parts.get(1).equals("null") ? 0 : Integer.parseInt(parts.get(1)),
          parts.get(2).equals("null") ? null : parts.get(2),
          parts.get(3));
    }

    ConsumerRecord<byte[], byte[]> message(String json) {
      return RecordingReceiver.message(topic, partition, 1_795_315_900_000L, key, json);
    }
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = ChangeDecoderTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    }
  }

  private static String describe(RecordingReceiver decoded) {
    List<String> parts = new ArrayList<>();
    decoded.changes.forEach(change -> parts.add(describe(change)));
    decoded.ruleChanges.forEach(ruleChange -> parts.add(describe(ruleChange)));
    decoded.ticks.forEach(time -> parts.add("tick " + time));
    decoded.noStateChange.forEach(time -> parts.add("time " + time));
    if (decoded.reason != null) {
      parts.add(decoded.reason + ": " + decoded.error);
    }
    return parts.isEmpty() ? "nothing" : String.join("; ", parts);
  }

  private static String describe(Change change) {
    String what;
    if (change instanceof OrderChanged order) {
      what =
          "order "
              + order.orderId()
              + " of "
              + order.userId()
              + " at "
              + order.placedAt()
              + " net "
              + order.netMinor()
              + " "
              + order.currency()
              + " "
              + order.kind();
    } else if (change instanceof OrderRemoved order) {
      what =
          "order "
              + order.orderId()
              + " leaves "
              + order.userId()
              + (order.moved() ? ", moved" : "");
    } else if (change instanceof UserChanged user) {
      what =
          "user "
              + user.userId()
              + " "
              + user.email()
              + " "
              + (UserChanged.UNCHANGED.equals(user.name()) ? "(unchanged)" : user.name())
              + " "
              + user.preferredCategories()
              + " "
              + user.timeZone()
              + " "
              + user.locale()
              + (user.marketingConsent() ? " consents" : "")
              + ", since "
              + user.createdAt();
    } else if (change instanceof UserRemoved) {
      what = "user " + change.userId() + " gone";
    } else if (change instanceof Contacted contact) {
      what = "contact " + contact.emailId() + " of " + contact.userId() + " at " + contact.sentAt();
    } else if (change instanceof OverrideChanged override) {
      what =
          "override "
              + override.userId()
              + " "
              + override.score()
              + " from "
              + override.setAt()
              + " to "
              + override.expiresAt();
    } else if (change instanceof OverrideRemoved) {
      what = "override " + change.userId() + " gone";
    } else if (change instanceof SuppressionChanged suppression) {
      what =
          "suppression of "
              + suppression.userId()
              + " at "
              + suppression.address()
              + ", "
              + suppression.reason();
    } else {
      assertThat(change).isInstanceOf(SuppressionRemoved.class);
      what = "suppression of " + change.userId() + " gone";
    }
    return what + (change.snapshot() ? ", snapshot" : "") + version(change.version());
  }

  private static String describe(RuleChange ruleChange) {
    String what;
    if (ruleChange instanceof PolicyChanged policy) {
      what =
          "policy "
              + policy.policyVersion()
              + " "
              + policy.document()
              + (policy.active() ? " active" : "");
    } else if (ruleChange instanceof ModelChanged model) {
      what =
          "model "
              + model.modelVersion()
              + " "
              + model.document()
              + (model.active() ? " active" : "");
    } else {
      OutreachRules rules = ((OutreachChanged) ruleChange).rules();
      what =
          "outreach %s %d %d %d %s %d %s"
              .formatted(
                  rules.enabled() ? "on" : "off",
                  rules.cooldownDays(),
                  rules.staleDays(),
                  rules.dailyCap(),
                  rules.experimentId(),
                  rules.holdoutPpm(),
                  rules.variants().stream().map(ChangeDecoderTest::describe).toList());
    }
    return what + (ruleChange.snapshot() ? ", snapshot" : "") + version(ruleChange.version());
  }

  private static String describe(OutreachVariant variant) {
    return "%s %d %s '%s' '%s'"
        .formatted(
            variant.name(), variant.weight(), variant.prompt(), variant.tone(), variant.offer());
  }

  private static String version(RowVersion version) {
    return ", version " + version.commitLsn() + "/" + version.lsn();
  }
}
