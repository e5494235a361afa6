package io.rekindle.connectors.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Prints how many order changes one thread decodes in a second of its CPU time, which other work on
 * the machine disturbs less than the clock on the wall, and what each allocates.
 */
public final class DecodeBenchmark {

  private static final int EVENTS = 10_000;
  private static final int ROUNDS = 40;

  private DecodeBenchmark() {}

  /** Runs ten times, the first of which warm up. */
  public static void main(String[] args) {
    List<ConsumerRecord<byte[], byte[]>> events = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < EVENTS; i++) {
      String order =
          DebeziumEvents.order(
              "\"o-" + (10_000_000 + i) + "\"",
              "\"u-" + (100_000 + i % 1_000) + "\"",
              "\"2026-11-21T21:58:12.123456Z\"",
              "\"" + i + ".90\"",
              "\"0.00\"");
      byte[] value = DebeziumEvents.event("shop.orders", "c", "null", order).getBytes(UTF_8);
      bytes += value.length;
      events.add(
          RecordingReceiver.message(
              "rekindle.shop.orders",
              0,
              DebeziumEvents.COMMIT_TIME,
              "{\"id\":1}".getBytes(UTF_8),
              value));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ChangeDecoder decoder = new ChangeDecoder();
    Counting counting = new Counting();
    for (int run = 0; run < 10; run++) {
      counting.changes = 0;
      long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
      long start = threads.getCurrentThreadCpuTime();
      for (int round = 0; round < ROUNDS; round++) {
        for (ConsumerRecord<byte[], byte[]> event : events) {
          decoder.decode(event, counting);
        }
      }
      double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
      long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
      System.out.printf(
          "%,.0f changes per CPU second, %d bytes long, allocating %d bytes each%n",
          counting.changes / seconds, bytes / EVENTS, allocated / counting.changes);
    }
  }

  private static final class Counting extends NoOpReceiver {

    private long changes;

    @Override
    public void changed(Change change) {
      changes++;
    }

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      throw new IllegalStateException(reason + ": " + error);
    }
  }
}
