package io.rekindle.dashboard.orders;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderRoutesITCase extends DashboardTestBase {

  private static final String ORDER =
      "{\"orderId\": \"o1\", \"userId\": \"u1\", \"amount\": 12.5, \"currency\": \"GBP\"}";

  @Test
  void shouldRecordRefundAndCancelAnOrder() throws Exception {
    TestClient producer = dashboard.key(admin, "orders:write", "read");

    HttpResponse<String> created = producer.post("/api/orders", ORDER);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(json(created).get("amount").decimalValue()).isEqualByComparingTo("12.50");
    assertThat(producer.post("/api/orders", ORDER).statusCode()).isEqualTo(409);

    HttpResponse<String> refunded = producer.put("/api/orders/o1", "{\"refundedAmount\": 2.25}");
    assertThat(json(refunded).get("refundedAmount").decimalValue()).isEqualByComparingTo("2.25");
    HttpResponse<String> cancelled = producer.put("/api/orders/o1", "{\"status\": \"CANCELLED\"}");
    assertThat(json(cancelled).get("status").textValue()).isEqualTo("CANCELLED");
    assertThat(json(cancelled).get("refundedAmount").decimalValue()).isEqualByComparingTo("2.25");
    assertThat(producer.put("/api/orders/o1", "{\"refundedAmount\": 13}").statusCode())
        .isEqualTo(400);
    assertThat(producer.put("/api/orders/o1", "{}").statusCode()).isEqualTo(400);
    assertThat(producer.put("/api/orders/o2", "{\"refundedAmount\": 1}").statusCode())
        .isEqualTo(404);
  }

  @Test
  void shouldSayWhereAnOrderIs() throws Exception {
    admin.post("/api/orders", ORDER);

    JsonNode stored = json(admin.get("/api/orders/o1"));
    assertThat(stored.at("/stored/reached").booleanValue()).isTrue();
    assertThat(stored.at("/captured/reached").booleanValue()).isFalse();
    assertThat(stored.at("/scored/reached").booleanValue()).isFalse();

    database.execute(
        """
        insert into engagement.user_scores (user_id, band, segment, order_count, at_risk, as_of,
            revision, policy_version)
          values ('u1', 'HEALTHY', 'NEW', 1, false, clock_timestamp(), 1, 'p');
        insert into engagement.pipeline_progress values (0, 1, clock_timestamp());
        """);

    JsonNode scored = json(admin.get("/api/orders/o1"));
    assertThat(scored.at("/captured/reached").booleanValue()).isTrue();
    // Nothing records when.
    assertThat(scored.at("/captured/at").isNull()).isTrue();
    assertThat(scored.at("/scored/reached").booleanValue()).isTrue();
    assertThat(scored.at("/scored/at").textValue()).isNotNull();
  }

  @Test
  void shouldSayThatAnOrderIsCapturedOnceTheSlotHasPassedIt() throws Exception {
    database.execute("select pg_create_logical_replication_slot('rekindle', 'pgoutput')");
    try {
      admin.post("/api/orders", ORDER);
      assertThat(json(admin.get("/api/orders/o1")).at("/captured/reached").booleanValue())
          .isFalse();

      database.execute("checkpoint");
      database.execute(
          "select pg_replication_slot_advance('rekindle', pg_current_wal_flush_lsn())");

      JsonNode captured = json(admin.get("/api/orders/o1"));
      assertThat(captured.at("/captured/reached").booleanValue()).isTrue();
      assertThat(captured.at("/scored/reached").booleanValue()).isFalse();
    } finally {
      database.execute("select pg_drop_replication_slot('rekindle')");
    }
  }

  @Test
  void shouldTakeABatchAndTellWhatCameOfEachOrder() throws Exception {
    admin.post("/api/orders", ORDER);
    HttpResponse<String> response =
        admin.post(
            "/api/orders/batch",
            """
            {"orders": [
              {"orderId": "o1", "userId": "u1", "amount": 1},
              {"orderId": "o2", "userId": "u1", "amount": 2, "category": "tea"},
              {"orderId": "o2", "userId": "u1", "amount": 3},
              {"orderId": "o2", "userId": "u1", "amount": 2.00, "category": "tea"},
              {"orderId": "o3", "userId": "u1", "amount": -1, "oops": true},
              7,
              {"userId": "u2", "amount": 4, "placedAt": "2025-01-01T00:00:00+02:00"}]}
            """);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode results = json(response);
    assertThat(results.get("created").intValue()).isEqualTo(2);
    assertThat(results.get("results"))
        .extracting(result -> result.get("outcome").textValue())
        .containsExactly(
            "DIFFERS", "CREATED", "DIFFERS", "EXISTS", "INVALID", "INVALID", "CREATED");
    assertThat(results.get("differing").intValue()).isEqualTo(2);
    assertThat(results.get("existing").intValue()).isEqualTo(1);
    assertThat(results.at("/results/4/errors"))
        .extracting(error -> error.get("field").textValue())
        .containsExactlyInAnyOrder("amount", "oops");
    assertThat(database.value("select amount from shop.orders where order_id = 'o2'"))
        .isEqualTo("2.00");
    assertThat(
            database.value(
                "select placed_at = '2024-12-31T22:00:00Z' from shop.orders where user_id = 'u2'"))
        .isEqualTo("t");
  }

  @Test
  void shouldTakeAThousandOrdersAtOnceAndNoMore() throws Exception {
    assertThat(admin.post("/api/orders/batch", batch(1_000)).statusCode()).isEqualTo(200);
    assertThat(database.value("select count(*) from shop.orders")).isEqualTo("1000");
    HttpResponse<String> refused = admin.post("/api/orders/batch", batch(1_001));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/errors/0/field").textValue()).isEqualTo("orders");
  }

  @Test
  void shouldAnswerARepeatedRequestAsBefore() throws Exception {
    TestClient once = admin.with("Idempotency-Key", "k1");
    String order = "{\"userId\": \"u1\", \"amount\": 1}";

    HttpResponse<String> first = once.post("/api/orders", order);
    HttpResponse<String> second = once.post("/api/orders", order);

    assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
    assertThat(second.statusCode()).isEqualTo(201);
    assertThat(json(second)).isEqualTo(json(first));
    String place = "/api/orders/" + json(first).get("orderId").textValue();
    assertThat(first.headers().firstValue("Location")).hasValue(place);
    assertThat(second.headers().firstValue("Location")).hasValue(place);
    assertThat(database.value("select count(*) from shop.orders")).isEqualTo("1");
    assertThat(once.post("/api/orders", order.replace("1}", "2}")).statusCode()).isEqualTo(422);

    // Somebody else's key of the same name is another one.
    TestClient other = dashboard.key(admin, "orders:write").with("Idempotency-Key", "k1");
    assertThat(other.post("/api/orders", order).statusCode()).isEqualTo(201);
  }

  @Test
  void shouldSayThatTheSameRequestIsStillBeingDone() throws Exception {
    String accountId = json(admin.get("/api/session")).get("accountId").textValue();
    TestClient once = admin.with("Idempotency-Key", "k1");
    once.post("/api/orders", ORDER);
    database.execute("update dashboard.idempotency_keys set status = null, body = null");

    assertThat(once.post("/api/orders", ORDER).statusCode()).isEqualTo(409);

    // Whoever began it has crashed: it is done anew.
    database.execute(
        "update dashboard.idempotency_keys set started_at = now() - interval '2 minutes'; "
            + "delete from shop.orders");
    assertThat(once.post("/api/orders", ORDER).statusCode()).isEqualTo(201);
    assertThat(database.value("select principal from dashboard.idempotency_keys"))
        .isEqualTo(accountId);
  }

  @Test
  void shouldLetARefusedRequestBeCorrectedUnderTheSameKey() throws Exception {
    TestClient once = admin.with("Idempotency-Key", "k1");
    admin.post("/api/orders", ORDER);

    assertThat(once.post("/api/orders", ORDER).statusCode()).isEqualTo(409);
    assertThat(once.post("/api/orders", ORDER.replace("o1", "o2")).statusCode()).isEqualTo(201);
  }

  @Test
  void shouldDoConcurrentRepetitionsOnce() throws Exception {
    TestClient once = admin.with("Idempotency-Key", "k1");
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return once.post("/api/orders", "{\"userId\": \"u\", \"amount\": 1}")
                                .statusCode();
                          } catch (Exception e) {
                            throw new IllegalStateException(e);
                          }
                        }))
            .toList();

    assertThat(answers.stream().map(CompletableFuture::join)).isSubsetOf(201, 409).contains(201);
    assertThat(database.value("select count(*) from shop.orders")).isEqualTo("1");
  }

  @Test
  void shouldAskThoseWhoWriteTooMuchToComeBackLater() throws Exception {
    try (TestDashboard strict =
        TestDashboard.start(database, Map.of("REKINDLE_DASHBOARD_WRITES_PER_MINUTE", "2"))) {
      TestClient client = strict.admin(database);
      HttpResponse<String> first = client.post("/api/orders", "{\"userId\": \"u\", \"amount\": 1}");
      assertThat(first.headers().firstValue("RateLimit-Policy")).hasValue("\"writes\";q=2;w=60");
      assertThat(first.headers().firstValue("RateLimit")).hasValue("\"writes\";r=1;t=30");
      client.post("/api/orders", "{\"userId\": \"u\", \"amount\": 1}");

      HttpResponse<String> refused =
          client.post("/api/orders", "{\"userId\": \"u\", \"amount\": 1}");

      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.headers().firstValue("RateLimit")).hasValue("\"writes\";r=0;t=60");
    }
  }

  private static String batch(int size) {
    StringBuilder orders = new StringBuilder();
    for (int i = 0; i < size; i++) {
      orders
          .append(i == 0 ? "" : ",")
          .append("{\"orderId\": \"b")
          .append(i)
          .append("\", \"userId\": \"u1\", \"amount\": 1}");
    }
    return "{\"orders\": [" + orders + "]}";
  }
}
