package io.rekindle.local.server;

import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The ports of a stack, all on loopback. */
public enum Port {
  POSTGRES,
  KAFKA,
  KAFKA_CONTROLLER,
  CONNECT,
  FLINK,
  FLINK_REST,
  FLINK_RPC,
  DASHBOARD,
  SENDER,
  MAIL_SMTP,
  MAIL;

  // Below the range of outgoing connections. Such a connection could take a port between its choice
  // and the start of its server.
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  /** Returns the name of the port in options, as in {@code --port kafka-controller=9093}. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Port ofKey(String key) {
    return Arrays.stream(values())
        .filter(port -> port.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    "there is no port \""
                        + key
                        + "\": the ports are "
                        + Arrays.stream(values()).map(Port::key).collect(Collectors.joining(", ")),
                    2));
  }

  /**
   * Chooses a number for every port: the requested one, else that of the last start, else a free
   * one.
   *
   * @param requested the requested numbers; a Failure if one is taken
   * @param remembered the numbers of the last start; a taken one is replaced
   * @param report receives a line about each replaced number
   */
  public static Map<Port, Integer> choose(
      Map<Port, Integer> requested, Map<String, Integer> remembered, Consumer<String> report) {
    Map<Port, Integer> chosen = new EnumMap<>(Port.class);
    Set<Integer> taken = new HashSet<>();
    requested.forEach(
        (port, number) -> {
          if (!taken.add(number) || !isFree(number)) {
            throw new Failure(
                "port "
                    + number
                    + ", asked for with --port "
                    + port.key()
                    + "="
                    + number
                    + ", is in use: stop what listens there, or ask for another");
          }
          chosen.put(port, number);
        });
    for (Port port : values()) {
      if (chosen.containsKey(port)) {
        continue;
      }
      Integer last = remembered.get(port.key());
      if (last != null && !taken.contains(last) && isFree(last)) {
        taken.add(last);
        chosen.put(port, last);
        continue;
      }
      int free = anyFree(taken);
      taken.add(free);
      chosen.put(port, free);
      if (last != null) {
        report.accept(
            "port " + last + " of " + port.key() + " is in use by another program: now " + free);
      }
    }
    return chosen;
  }

  public static Map<String, Integer> byKey(Map<Port, Integer> ports) {
    Map<String, Integer> byKey = new TreeMap<>();
    ports.forEach((port, number) -> byKey.put(port.key(), number));
    return byKey;
  }

  private static int anyFree(Set<Integer> taken) {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int number = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (!taken.contains(number) && isFree(number)) {
        return number;
      }
    }
    throw new Failure(
        "no free port between " + FIRST + " and " + LAST + " on the loopback address");
  }

  private static boolean isFree(int number) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
