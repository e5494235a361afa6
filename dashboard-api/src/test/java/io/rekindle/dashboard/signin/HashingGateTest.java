package io.rekindle.dashboard.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HashingGateTest {

  @Test
  void shouldRunAFewLetAFewWaitAndRefuseTheRestAtOnce() throws Exception {
    HashingGate gate = new HashingGate(2, 3);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch twoRun = new CountDownLatch(2);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Integer>> admitted = new ArrayList<>();
      List<Future<Integer>> refused = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        admitted.add(
            threads.submit(
                () ->
                    gate.run(
                        () -> {
                          most.accumulateAndGet(running.incrementAndGet(), Math::max);
                          twoRun.countDown();
                          await(release);
                          return running.decrementAndGet();
                        })));
      }
      assertThat(twoRun.await(30, TimeUnit.SECONDS)).isTrue();
      while (gate.free() > 0) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 20; i++) {
        refused.add(threads.submit(() -> gate.run(() -> 0)));
      }
      for (Future<Integer> one : refused) {
        assertThatThrownBy(() -> one.get(30, TimeUnit.SECONDS))
            .hasCauseInstanceOf(PasswordsBusyException.class);
      }

      release.countDown();
      for (Future<Integer> one : admitted) {
        one.get(30, TimeUnit.SECONDS);
      }
      assertThat(most).hasValue(2);
      assertThat(gate.run(() -> 7)).isEqualTo(7);
    } finally {
      release.countDown();
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
