package io.rekindle.bench;

import io.rekindle.bench.DebeziumMessages.Message;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes messages to a broker, in the place of Debezium. */
final class KafkaFiller {

  private KafkaFiller() {}

  /** Messages in the order of their commits. */
  interface Source {

    void forEach(Consumer<Message> messages);
  }

  /**
   * Creates the missing topics, and writes all messages.
   *
   * @param changes the number of changes among them
   * @return the bytes of the changes
   */
  static long fill(KafkaLogin kafka, Source source, long changes, Progress progress)
      throws InterruptedException {
    try (AdminClient admin = AdminClient.create(kafka.settings())) {
      Topics.standard().create(admin);
    }
    Map<String, Object> settings =
        kafka.settings(
            Map.of("linger.ms", "20", "batch.size", "262144", "buffer.memory", "134217728"));
    AtomicReference<Exception> failure = new AtomicReference<>();
    AtomicLong sent = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      source.forEach(
          message -> {
            // The callback reports a failure.
            Future<?> unused =
                producer.send(
                    new ProducerRecord<>(
                        message.topic(), message.partition(), message.key(), message.value()),
                    (metadata, e) -> failure.compareAndSet(null, e));
            if (message.change()) {
              bytes.addAndGet(message.value().length());
              progress.count("filling Kafka", sent.incrementAndGet(), changes);
            }
          });
    }
    if (failure.get() != null) {
      throw new Failure("Kafka cannot be filled: " + failure.get().getMessage(), failure.get());
    }
    return bytes.get();
  }
}
