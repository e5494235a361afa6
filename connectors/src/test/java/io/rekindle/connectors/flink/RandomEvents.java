package io.rekindle.connectors.flink;

import io.rekindle.connectors.deadletter.DeadLetter;
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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Events of every type with values from all over their ranges, from a seed. */
final class RandomEvents {

  private static final String[] TEXTS = {
    "", "a", "käse", "\u00ff", "\u0100", "日本", "😀", "a\tb", "\u0001", UserChanged.UNCHANGED
  };

  private final SplittableRandom random;

  RandomEvents(long seed) {
    random = new SplittableRandom(seed);
  }

  Change change() {
    String user = text();
    long time = number();
    RowVersion version = version();
    boolean snapshot = random.nextBoolean();
    return switch (random.nextInt(9)) {
      case 0 -> {
        OrderChanged.Kind[] kinds = OrderChanged.Kind.values();
        yield new OrderChanged(
            user,
            time,
            version,
            snapshot,
            text(),
            number(),
            number(),
            currency(),
            kinds[random.nextInt(kinds.length)]);
      }
      case 1 -> new OrderRemoved(user, time, version, snapshot, text(), random.nextBoolean());
      case 2 ->
          new UserChanged(
              user,
              time,
              version,
              snapshot,
              textOrNull(),
              textOrNull(),
              texts(),
              textOrNull(),
              textOrNull(),
              random.nextBoolean(),
              number());
      case 3 -> new UserRemoved(user, time, version, snapshot);
      case 4 -> new Contacted(user, time, version, snapshot, text(), number());
      case 5 ->
          new OverrideChanged(
              user, time, version, snapshot, random.nextInt(101), number(), number());
      case 6 -> new OverrideRemoved(user, time, version, snapshot);
      case 7 -> new SuppressionChanged(user, time, version, snapshot, textOrNull(), textOrNull());
      default -> new SuppressionRemoved(user, time, version, snapshot);
    };
  }

  PolicyChanged policy() {
    return new PolicyChanged(
        text(), number(), version(), random.nextBoolean(), textOrNull(), random.nextBoolean());
  }

  ModelChanged model() {
    return new ModelChanged(
        text(),
        textOrNull(),
        number(),
        version(),
        random.nextBoolean(),
        textOrNull(),
        random.nextBoolean());
  }

  OutreachChanged outreach() {
    List<OutreachVariant> variants = new ArrayList<>();
    for (int i = random.nextInt(17); i > 0; i--) {
      long weight = random.nextLong(1_000_000_000_001L);
      variants.add(new OutreachVariant(text(), weight, text(), textOrNull(), textOrNull()));
    }
    return new OutreachChanged(
        number(),
        version(),
        random.nextBoolean(),
        new OutreachRules(
            random.nextBoolean(),
            random.nextInt(3_651),
            random.nextInt(3_651),
            random.nextInt(Integer.MAX_VALUE),
            random.nextBoolean() ? CapOrder.FIRST_DECIDED : CapOrder.VALUE_AT_STAKE,
            text(),
            random.nextInt(1_000_001),
            variants,
            random.nextInt(1_000_001),
            text()));
  }

  RuleChange ruleChange() {
    return random.nextBoolean() ? policy() : outreach();
  }

  DeadLetter deadLetter() {
    DeadLetterReason[] reasons = DeadLetterReason.values();
    return new DeadLetter(
        text(),
        random.nextInt(1_000),
        random.nextLong(Long.MAX_VALUE),
        number(),
        bytesOrNull(),
        bytesOrNull(),
        reasons[random.nextInt(reasons.length)],
        text(),
        text());
  }

  private RowVersion version() {
    return random.nextBoolean()
        ? new RowVersion(number(), number())
        : new RowVersion(random.nextLong(1L << 40), 0);
  }

  /** Of every magnitude and either sign. */
  private long number() {
    long number = random.nextLong() >>> random.nextInt(Long.SIZE);
    return random.nextBoolean() ? number : -number;
  }

  private String currency() {
    return "" + letter() + letter() + letter();
  }

  private char letter() {
    return (char) ('A' + random.nextInt(26));
  }

  private List<String> texts() {
    if (random.nextInt(4) == 0) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      texts.add(text());
    }
    return texts;
  }

  private String textOrNull() {
    return random.nextInt(4) == 0 ? null : text();
  }

  private String text() {
    String text = TEXTS[random.nextInt(TEXTS.length)];
    return random.nextInt(8) == 0 ? text.repeat(random.nextInt(300)) : text;
  }

  private byte[] bytesOrNull() {
    if (random.nextInt(4) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(1_000)];
    random.nextBytes(bytes);
    return bytes;
  }
}
