package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortTest {

  private final List<String> reported = new ArrayList<>();

  @Test
  void shouldChooseADifferentFreePortForEach() {
    Map<Port, Integer> chosen = Port.choose(Map.of(), Map.of(), reported::add);

    assertThat(chosen).containsOnlyKeys(Port.values());
    assertThat(chosen.values()).doesNotHaveDuplicates();
    assertThat(reported).isEmpty();
  }

  @Test
  void shouldKeepThePortsOfTheLastTime() {
    Map<Port, Integer> first = Port.choose(Map.of(), Map.of(), reported::add);

    assertThat(Port.choose(Map.of(), Port.byKey(first), reported::add)).isEqualTo(first);
    assertThat(reported).isEmpty();
  }

  @Test
  void shouldSayWhenAPortOfTheLastTimeIsTaken() throws IOException {
    try (ServerSocket taken = listen()) {
      Map<Port, Integer> chosen =
          Port.choose(Map.of(), Map.of("connect", taken.getLocalPort()), reported::add);

      assertThat(chosen.get(Port.CONNECT)).isNotEqualTo(taken.getLocalPort());
      assertThat(reported)
          .singleElement()
          .asString()
          .contains("port " + taken.getLocalPort() + " of connect", "" + chosen.get(Port.CONNECT));
    }
  }

  @Test
  void shouldInsistOnAPortThatWasAskedFor() throws IOException {
    try (ServerSocket taken = listen()) {
      assertThatThrownBy(
              () ->
                  Port.choose(Map.of(Port.POSTGRES, taken.getLocalPort()), Map.of(), reported::add))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("--port postgres=" + taken.getLocalPort())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void shouldPreferWhatIsAskedForOverTheLastTime() {
    Map<Port, Integer> first = Port.choose(Map.of(), Map.of(), reported::add);
    int flink = first.get(Port.FLINK);

    Map<Port, Integer> chosen =
        Port.choose(Map.of(Port.DASHBOARD, flink), Port.byKey(first), reported::add);

    assertThat(chosen.get(Port.DASHBOARD)).isEqualTo(flink);
    assertThat(chosen.get(Port.FLINK)).isNotEqualTo(flink);
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
