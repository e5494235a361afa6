package io.rekindle.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PolicyValidatingDeserializerTest {

  private static final long NOW = 1_795_301_670_638L;

  @Test
  void shouldKeepAPolicyThatIsNoneAsADeadLetterAndLetItsChangeGoOn() {
    List<CdcRecord<RuleChange>> records = read("{\\\"version\\\":\\\"mine\\\"}");

    assertThat(records).hasSize(2);
    assertThat(((PolicyChanged) records.get(0).change()).active()).isTrue();
    assertThat(records.get(1).deadLetter().reason()).isEqualTo(DeadLetterReason.INVALID_POLICY);
    assertThat(records.get(1).deadLetter().id())
        .isEqualTo("rekindle.engagement.scoring_policies-0-17");
  }

  @Test
  void shouldLetAPolicyGoOnAlone() {
    String document = ScoringPolicy.builtIn("cadence-v1").json().replace("\"", "\\\"");
    assertThat(read(document)).singleElement().matches(CdcRecord::isChange);
  }

  @Test
  void shouldKeepAModelThatIsNoneAsADeadLetterAndLetItsChangeGoOn() {
    List<CdcRecord<RuleChange>> records = read("models", "{}");

    assertThat(records).hasSize(2);
    assertThat(((ModelChanged) records.get(0).change()).active()).isTrue();
    assertThat(records.get(1).deadLetter().reason()).isEqualTo(DeadLetterReason.INVALID_MODEL);
  }

  private static List<CdcRecord<RuleChange>> read(String document) {
    return read("scoring_policies", document);
  }

  private static List<CdcRecord<RuleChange>> read(String table, String document) {
    String row =
        "{\"model_version\":\"m\",\"policy_version\":\"mine\",\"document\":\""
            + document
            + "\",\"active\":true,"
            + "\"created_by\":\"anna\",\"created_at\":\"2026-11-21T22:54:30.637856Z\","
            + "\"activated_at\":\"2026-11-21T22:54:30.637856Z\"}";
    String event =
        "{\"before\":null,\"after\":"
            + row
            + ",\"source\":{\"version\":\"3.7.0.Final\","
            + "\"connector\":\"postgresql\",\"name\":\"rekindle\",\"ts_ms\":"
            + NOW
            + ",\"snapshot\":\"false\",\"db\":\"rekindle\","
            + "\"sequence\":\"[\\\"22570104\\\",\\\"22570448\\\"]\",\"schema\":\"engagement\","
            + "\"table\":\""
            + table
            + "\",\"txId\":769,\"lsn\":22570448},"
            + "\"op\":\"c\",\"ts_ms\":"
            + NOW
            + "}";
    PolicyValidatingDeserializer policies = new PolicyValidatingDeserializer();
    policies.open(new Context());
    List<CdcRecord<RuleChange>> records = new ArrayList<>();
    policies.deserialize(
        new ConsumerRecord<>(
            "rekindle.engagement." + table,
            0,
            17,
            NOW,
            TimestampType.CREATE_TIME,
            0,
            0,
            "{\"policy_version\":\"mine\"}".getBytes(UTF_8),
            event.getBytes(UTF_8),
            new RecordHeaders(),
            Optional.empty()),
        new Collector<>() {
          @Override
          public void collect(CdcRecord<RuleChange> element) {
            records.add(element);
          }

          @Override
          public void close() {}
        });
    return records;
  }

  private static final class Context implements InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(
          PolicyValidatingDeserializerTest.class.getClassLoader());
    }
  }
}
