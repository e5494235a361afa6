package io.rekindle.bench.torture;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.platform.rest.RestClient;
import java.util.random.RandomGenerator;

/** Faults of capture, with the procedures of docs/operations.md that mend them. */
final class CaptureFaults {

  private static final String CONNECTOR = "/connectors/rekindle";
  private static final String SLOT = "from pg_replication_slots where slot_name = 'rekindle'";
  private static final int MAX_MILLIS_INTO_SNAPSHOT = 2_000;
  private static final ObjectNode EMPTY = JsonNodeFactory.instance.objectNode();

  private CaptureFaults() {}

  /** Loses the slot while orders come, change and go, and follows the procedure "Slot lost". */
  static void loseSlot(TortureStack stack, Step step) throws InterruptedException {
    stack.load().pause();
    try {
      captureEverything(stack);
      stop(stack);
      dropSlot(stack);
      // The load waits, so that the deleted row is known. A change of it comes with the snapshot.
      stack.eventually("changes that no slot keeps", () -> stack.execute(inTheGap(step)));
      forgetOffsetsAndResume(stack);
      captureGoesOn(stack);
      // The snapshot has no deleted rows: insert them again, and delete them.
      stack.eventually(
          "the deleted row is inserted again",
          () ->
              stack.execute(
                  "insert into shop.orders select * from public.torture_gone"
                      + " on conflict (order_id) do nothing"));
      stack.eventually(
          "the deleted row is deleted again",
          () ->
              stack.execute(
                  "delete from shop.orders where order_id in"
                      + " (select order_id from public.torture_gone)"));
    } finally {
      stack.load().resume();
    }
  }

  /** Takes a snapshot anew and kills Kafka Connect, the broker or Postgres in it. */
  static void killInSnapshot(TortureStack stack, Step step) throws InterruptedException {
    RandomGenerator choices = step.choices();
    String victim = new String[] {"connect", "kafka", "postgres"}[choices.nextInt(3)];
    int delay = choices.nextInt(MAX_MILLIS_INTO_SNAPSHOT);
    stack.load().pause();
    try {
      captureEverything(stack);
      stop(stack);
      dropSlot(stack);
      forgetOffsetsAndResume(stack);
      stack.until("the snapshot begins", "select count(*) = 1 " + SLOT);
    } finally {
      stack.load().resume();
    }
    Thread.sleep(delay);
    stack.log().say("  %d ms after the slot was made:", delay);
    stack.kill(victim);
    captureGoesOn(stack);
  }

  /**
   * Waits until capture has all changes of the load. Otherwise a loss of the slot also loses
   * deleted rows that the procedure does not know.
   */
  private static void captureEverything(TortureStack stack) throws InterruptedException {
    String[] end = new String[1];
    stack.eventually(
        "the end of the log is known",
        () -> end[0] = stack.value("select pg_current_wal_insert_lsn()"));
    stack.until(
        "capture has every change", "select confirmed_flush_lsn >= '" + end[0] + "' " + SLOT);
  }

  private static void stop(TortureStack stack) throws InterruptedException {
    stack.eventually("the connector stops", () -> connect(stack).put(CONNECTOR + "/stop", EMPTY));
  }

  private static void dropSlot(TortureStack stack) throws InterruptedException {
    stack.eventually(
        "the slot is dropped",
        () ->
            stack.execute(
                stack.info().cdc(), "select pg_drop_replication_slot(slot_name) " + SLOT));
    stack.log().say("  the slot is dropped");
  }

  private static void forgetOffsetsAndResume(TortureStack stack) throws InterruptedException {
    stack.eventually(
        "the offsets are deleted", () -> connect(stack).delete(CONNECTOR + "/offsets"));
    stack.eventually(
        "the connector goes on", () -> connect(stack).put(CONNECTOR + "/resume", EMPTY));
  }

  private static void captureGoesOn(TortureStack stack) throws InterruptedException {
    stack.until("capture goes on", "select active " + SLOT);
  }

  private static String inTheGap(Step step) {
    return """
    drop table if exists public.torture_gone;
    create table public.torture_gone as
      select * from shop.orders where order_id like 'torture-o%%' order by order_id limit 1;
    delete from shop.orders where order_id in (select order_id from public.torture_gone);
    update shop.orders set refunded_amount = amount where order_id =
      (select max(order_id) from shop.orders where order_id like 'torture-o%%');
    insert into shop.orders (order_id, user_id, amount) values ('torture-gap-%d', '%s1', 25)
      on conflict (order_id) do update set amount = excluded.amount + 1
    """
        .formatted(step.number(), LoadPlan.USER);
  }

  private static RestClient connect(TortureStack stack) {
    return new RestClient(stack.info().connectUrl(), stack.info().tls());
  }
}
