package io.rekindle.job;

import io.rekindle.connectors.capture.Captured;
import io.rekindle.connectors.capture.CapturedDeserializer;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.Reason;
import io.rekindle.connectors.events.Control;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.scoring.InvalidPolicyException;
import io.rekindle.scoring.ScoringPolicy;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads changes of what holds for every user alike, and makes a dead letter of each policy whose
 * document is none. The change itself goes on, too: that its row is active now tells that the
 * policy before it stays.
 */
final class ValidatedPolicies implements KafkaRecordDeserializationSchema<Captured<Control>> {

  private static final long serialVersionUID = 1L;

  private final CapturedDeserializer<Control> captured = CapturedDeserializer.ofControls();

  @Override
  public void open(InitializationContext context) {
    captured.open(context);
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> message, Collector<Captured<Control>> collector) {
    captured.deserialize(message, new Validating(message, collector));
  }

  @Override
  public TypeInformation<Captured<Control>> getProducedType() {
    return captured.getProducedType();
  }

  private record Validating(
      ConsumerRecord<byte[], byte[]> message, Collector<Captured<Control>> collector)
      implements Collector<Captured<Control>> {

    @Override
    public void collect(Captured<Control> captured) {
      collector.collect(captured);
      if (captured.change() instanceof PolicyChanged policy && policy.document() != null) {
        try {
          ScoringPolicy.parse(policy.document());
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
