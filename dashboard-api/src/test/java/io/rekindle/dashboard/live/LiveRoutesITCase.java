package io.rekindle.dashboard.live;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.TestClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.http.HttpResponse;
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
    // No account may have so many pages open.
    database.execute(
        """
        insert into dashboard.accounts (account_id, email, role)
          select 'a' || n, 'a' || n || '@example.org', 'VIEWER' from generate_series(0, 25) n;
        insert into dashboard.sessions (token_hash, account_id, expires_at)
          select sha256(convert_to('page-' || n, 'UTF8')), 'a' || n, now() + interval '1 hour'
          from generate_series(0, 25) n
        """);
    try (Selector selector = Selector.open()) {
      for (int i = 0; i <= PAGES; i++) {
        SocketChannel page = SocketChannel.open(StandardProtocolFamily.INET);
        pages.add(page);
        if (i == 0) {
          page.setOption(StandardSocketOptions.SO_RCVBUF, 1_024);
        }
        page.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), dashboard.port()));
        page.write(ByteBuffer.wrap(ofAccount(i / 20).getBytes(StandardCharsets.UTF_8)));
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

  @Test
  void shouldEndStreamsWithTheirSessionAccountOrKey() throws Exception {
    TestClient signedOut = dashboard.account(admin, "VIEWER");
    TestClient disabled = dashboard.account(admin, "ANALYST");
    TestClient revoked = dashboard.key(admin, "read");
    TestClient expired = dashboard.key(admin, "read");
    progressTo("now()");
    List<Socket> ended = new ArrayList<>();
    try (Socket stays = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
      BufferedReader staying = listen(stays, admin);
      List<BufferedReader> ending = new ArrayList<>();
      for (TestClient client : List.of(signedOut, disabled, revoked, expired)) {
        Socket page = new Socket(InetAddress.getLoopbackAddress(), dashboard.port());
        ended.add(page);
        page.setSoTimeout(30_000);
        ending.add(listen(page, client));
      }
      for (BufferedReader events : ending) {
        await(events, "pipeline");
      }

      long from = System.nanoTime();
      signedOut.delete("/api/session");
      database.execute(
          """
          update dashboard.accounts set disabled = true where role = 'ANALYST';
          update dashboard.api_keys set revoked_at = now() where key_id =
            (select key_id from dashboard.api_keys order by created_at limit 1);
          update dashboard.api_keys set expires_at = now() where revoked_at is null
          """);
      for (BufferedReader events : ending) {
        String line = events.readLine();
        while (line != null && !line.equals("0")) { // The last chunk of the answer.
          line = events.readLine();
        }
      }

      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(30));
      await(staying, "pipeline");
      assertThat(listeners()).isEqualTo(1);
    } finally {
      for (Socket page : ended) {
        page.close();
      }
    }
  }

  @Test
  void shouldLetAPrincipalListenByTwentyPagesAtMost() throws Exception {
    List<Socket> pages = new ArrayList<>();
    try {
      // All at once, since each waits for the next look at the database.
      List<BufferedReader> listening = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Socket page = new Socket(InetAddress.getLoopbackAddress(), dashboard.port());
        pages.add(page);
        listening.add(listen(page));
      }
      for (BufferedReader events : listening) {
        await(events, "pipeline");
      }

      HttpResponse<String> refused = admin.get("/api/events");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.body()).contains("close one of them");
      try (Socket page = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
        await(listen(page, dashboard.key(admin, "read")), "pipeline");
      }

      // A page that is closed makes room.
      pages.remove(0).close();
      while (listeners() > 19) {
        Thread.onSpinWait();
      }
      try (Socket page = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
        await(listen(page), "pipeline");
      }
    } finally {
      for (Socket page : pages) {
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
    return listen(page, admin);
  }

  private static BufferedReader listen(Socket page, TestClient client) throws IOException {
    page.getOutputStream().write(request(client).getBytes(StandardCharsets.UTF_8));
    InputStream in = page.getInputStream();
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The request of one of many accounts. */
  private String ofAccount(int n) {
    return request(admin).replaceFirst("rekindle_session=[^\\r\\n]*", "rekindle_session=page-" + n);
  }

  private static String request(TestClient client) {
    StringBuilder request =
        new StringBuilder("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            .append("Accept: text/event-stream\r\n");

    client
        .request("/")
        .build()
        .headers()
        .map()
        .forEach(
            (name, values) ->
                request.append(name).append(": ").append(values.get(0)).append("\r\n"));
    return request.append("\r\n").toString();
  }

  @Test
  void shouldGiveAPageWhatItMissedWhileItsConnectionWasBroken() throws Exception {
    try (Socket stays = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
      BufferedReader always = listen(stays);
      await(always, "pipeline");
      String last;
      try (Socket breaks = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
        BufferedReader before = listen(breaks);
        await(before, "pipeline");
        scoreChange("u1");
        last = idOf(before, "scores");
        assertThat(idOf(always, "scores")).isEqualTo(last);
      }
      scoreChange("u2");
      String missed = idOf(always, "scores");

      try (Socket again = new Socket(InetAddress.getLoopbackAddress(), dashboard.port());
          Socket another = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
        BufferedReader after = listen(again, admin.with("Last-Event-ID", last));
        assertThat(idOf(after, "scores")).isEqualTo(missed);
        // An id of another process resends nothing.
        BufferedReader unknown = listen(another, admin.with("Last-Event-ID", "0-1"));
        await(unknown, "pipeline");
        scoreChange("u3");
        String next = idOf(always, "scores");
        assertThat(idOf(unknown, "scores")).isEqualTo(next);
        assertThat(idOf(after, "scores")).isEqualTo(next);
      }
    }
  }

  /** Reads up to an event of a kind, and returns its id. */
  private static String idOf(BufferedReader events, String name) throws IOException {
    String id = null;
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.equals("event: " + name)) {
        return id;
      }
    }
    throw new AssertionError("the stream ended");
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

  /** How many pages listen, by the service's own metrics. */
  private int listeners() throws Exception {
    return admin
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("rekindle_dashboard_listeners "))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }
}
