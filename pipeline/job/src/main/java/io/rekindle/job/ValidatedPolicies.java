package io.rekindle.job;

import io.rekindle.connectors.capture.Captured;
import io.rekindle.connectors.capture.CapturedDeserializer;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.Reason;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.scoring.InvalidPolicyException;
import io.rekindle.scoring.ScoringPolicy;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads changes of policies, and makes a dead letter of each whose document is not a policy. The
 * change itself goes on, too: that its row is active now tells that the policy before it stays.
 */
final class ValidatedPolicies implements KafkaRecordDeserializationSchema<Captured<PolicyChanged>> {

  private static final long serialVersionUID = 1L;

  private final CapturedDeserializer<PolicyChanged> captured = CapturedDeserializer.ofPolicies();

  @Override
  public void open(InitializationContext context) {
    captured.open(context);
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> message, Collector<Captured<PolicyChanged>> collector) {
    captured.deserialize(message, new Validating(message, collector));
  }

  @Override
  public TypeInformation<Captured<PolicyChanged>> getProducedType() {
    return captured.getProducedType();
  }

  private record Validating(
      ConsumerRecord<byte[], byte[]> message, Collector<Captured<PolicyChanged>> collector)
      implements Collector<Captured<PolicyChanged>> {

    @Override
    public void collect(Captured<PolicyChanged> captured) {
      collector.collect(captured);
      if (captured.isChange() && captured.change().document() != null) {
        try {
          ScoringPolicy.parse(captured.change().document());
        } catch (InvalidPolicyException e) {
          collector.collect(
              Captured.deadLetter(DeadLetter.of(message, Reason.INVALID_POLICY, e.getMessage())));
        }
      }
    }

    @Override
    public void close() {
      collector.close();
    }
  }
}
