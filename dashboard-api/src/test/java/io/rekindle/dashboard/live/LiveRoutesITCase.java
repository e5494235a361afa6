package io.rekindle.dashboard.live;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveRoutesITCase extends DashboardTestBase {

  private static final int PAGES = 500;

  @Test
  void shouldTellScoreChangesAndEmailsAsTheyHappen() throws Exception {
    database.execute("insert into shop.users (user_id) values ('u1')");
    progressTo("now()");
    try (Socket page = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
      page.setSoTimeout(30_000);
      BufferedReader events = listen(page);
      await(events, "pipeline");

      scoreChange("u1");
      database.execute(
          """
          insert into engagement.emails (email_id, user_id, subject, status)
            values ('e1', 'u1', 'Hello', 'SENT')
          """);

      List<String> names = new ArrayList<>();
      JsonNode scores = null;
      while (!names.contains("scores") || !names.contains("emails")) {
        String name = nextName(events);
        JsonNode data = json(events.readLine().substring("data: ".length()));
        names.add(name);
        scores = name.equals("scores") ? data : scores;
      }
      assertThat(scores.at("/changes/0/userId").textValue()).isEqualTo("u1");
      assertThat(scores.at("/changes/0/enteredAtRisk").booleanValue()).isTrue();
      assertThat(scores.get("count").intValue()).isEqualTo(1);
    }
  }

  @Test
  void shouldTellFiveHundredPagesThoughOneNeverReads() throws Exception {
    database.execute("insert into shop.users (user_id) values ('u1')");
    progressTo("now()");
    List<SocketChannel> pages = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i <= PAGES; i++) {
        SocketChannel page = SocketChannel.open(StandardProtocolFamily.INET);
        pages.add(page);
        if (i == 0) {
          page.setOption(StandardSocketOptions.SO_RCVBUF, 1_024);
        }
        page.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), dashboard.port()));
        page.write(ByteBuffer.wrap(request().getBytes(StandardCharsets.UTF_8)));
        if (i > 0) { // The first one is never read.
          page.configureBlocking(false);
          page.register(selector, SelectionKey.OP_READ, new Heard());
        }
      }
      readUntil(selector, "event: pipeline");
      // Enough to fill every buffer of the one that does not read.
      database.execute(
          """
          insert into engagement.emails (email_id, user_id, subject, status)
          select 'e' || n, 'u1', repeat('x', 9000), 'READY' from generate_series(1, 100) n
          """);
      readUntil(selector, "event: emails");
      scoreChange("u1");

      readUntil(selector, "event: scores");

      assertThat(admin.get("/health").statusCode()).isEqualTo(200);
      assertThat(Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive).count())
          .isLessThan(PAGES / 2);
    } finally {
      for (SocketChannel page : pages) {
        page.close();
      }
    }
  }

  /** The end of what a page has been told, and whether it was what everybody waits for. */
  private static final class Heard {
    private String end = "";
    private boolean wanted;

    void add(String text, String what) {
      String told = end + text;
      wanted |= told.contains(what);
      end = told.substring(Math.max(0, told.length() - what.length()));
    }
  }

  private static void readUntil(Selector selector, String what) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    selector.keys().forEach(key -> ((Heard) key.attachment()).wanted = false);
    int heard = 0;
    while (heard < PAGES) {
      assertThat(System.nanoTime()).as(heard + " heard " + what).isLessThan(deadline);
      selector.select(1_000);
      for (SelectionKey key : selector.selectedKeys()) {
        buffer.clear();
        int read = ((SocketChannel) key.channel()).read(buffer);
        assertThat(read).as("an open page").isNotEqualTo(-1);
        Heard page = (Heard) key.attachment();
        boolean before = page.wanted;
        page.add(new String(buffer.array(), 0, read, StandardCharsets.UTF_8), what);
        heard += page.wanted && !before ? 1 : 0;
      }
      selector.selectedKeys().clear();
    }
  }

  private static void progressTo(String instant) throws Exception {
    database.execute(
        "insert into engagement.pipeline_progress values (0, 1, "
            + instant
            + ") on conflict (subtask) do update set watermark = excluded.watermark,"
            + " written_at = clock_timestamp()");
  }

  private static void scoreChange(String userId) throws Exception {
    database.execute(
        """
        select engagement.ensure_score_history(now(), now());
        insert into engagement.score_history (user_id, as_of, revision, score, band, segment,
            at_risk, previous_score, previous_at_risk, cause, policy_version)
          values ('%s', now(), 1, 40, 'LOW', 'AT_RISK', true, 60, false, 'TIME', 'p')
        """
            .formatted(userId));
    progressTo("clock_timestamp()");
  }

  private BufferedReader listen(Socket page) throws IOException {
    page.getOutputStream().write(request().getBytes(StandardCharsets.UTF_8));
    InputStream in = page.getInputStream();
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private String request() {
    StringBuilder request =
        new StringBuilder("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            .append("Accept: text/event-stream\r\n");

    admin
        .request("/")
        .build()
        .headers()
        .map()
        .forEach(
            (name, values) ->
                request.append(name).append(": ").append(values.get(0)).append("\r\n"));
    return request.append("\r\n").toString();
  }

  private static void await(BufferedReader events, String name) throws IOException {
    while (!nextName(events).equals(name)) {
      // What comes before is of no interest.
    }
  }

  private static String nextName(BufferedReader events) throws IOException {
    String line = events.readLine();
    while (line != null && !line.startsWith("event: ")) {
      line = events.readLine();
    }
    assertThat(line).as("an event").isNotNull();
    return line.substring("event: ".length());
  }
}
