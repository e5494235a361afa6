package io.rekindle.dashboard.orders;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.orders.OrderService.StoredBatch;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Created;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Idempotency;
import io.rekindle.dashboard.web.Idempotency.Answer;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.ProblemDetails.FieldError;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.WriteLimit;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The routes under /api/orders. */
public final class OrderRoutes implements Routes {

  private static final Access WRITE = Access.ANALYST.orKey(Scope.ORDERS_WRITE);
  private static final int MAX_BATCH_ORDERS = 1_000;
  private static final int MAX_BATCH_BYTES = 2 * 1024 * 1024;

  /** The number of orders of a batch that count as one request. */
  private static final int ORDERS_PER_PERMIT = 100;

  private final Idempotency idempotency;
  private final WriteLimit writes;
  private final OrderService orders;

  /** The outcome of one order of a batch. */
  enum BatchOutcome {
    CREATED,
    /** The shop or the batch already had this order. */
    EXISTS,
    /** The shop or the batch already had another order of that id, which stays as it is. */
    DIFFERS,
    INVALID
  }

  /**
   * The outcome of one order of a batch.
   *
   * @param index its place in the batch, from 0
   * @param orderId null if it is invalid
   * @param errors empty unless it is invalid
   */
  record Result(int index, BatchOutcome outcome, String orderId, List<FieldError> errors) {}

  /** The outcome of a batch: a result for each order, in their order. */
  record Results(int created, int existing, int differing, int invalid, List<Result> results) {}

  public OrderRoutes(Idempotency idempotency, OrderService orders, WriteLimit writes) {
    this.idempotency = idempotency;
    this.orders = orders;
    this.writes = writes;
  }

  @Override
  public void register(Router router) {
    router.post("/api/orders", WRITE, this::create);
    router.post("/api/orders/batch", WRITE, this::createMany);
    router.get("/api/orders/{orderId}", Access.VIEWER.orKey(Scope.READ), this::one);
    router.put("/api/orders/{orderId}", WRITE, this::change);
  }

  private void one(Context ctx) {
    String orderId = QueryParameters.pathId(ctx, "orderId");
    OrderTrace.Traced traced =
        orders.trace(orderId).orElseThrow(() -> HttpProblem.notFound("order", orderId));
    EntityTag.json(ctx, traced, traced.order());
  }

  private void create(Context ctx) {
    writes.take(ctx, 1);
    byte[] bytes = JsonBody.bytes(ctx, JsonBody.MAX_BODY);
    JsonFields body = JsonFields.of(JsonBody.parse(bytes));
    NewOrder order = NewOrder.read(body, Instant.now());
    body.check();
    Optional<JsonNode> earlier =
        idempotency.answer(
            ctx,
            bytes,
            orders.create(order, Requests.actor(ctx)),
            stored ->
                new Answer(
                    HttpStatus.CREATED,
                    stored.orElseThrow(
                        () ->
                            HttpProblem.conflict(
                                "orderId: there is an order \"" + order.orderId() + "\".")),
                    List.of(order.userId())));
    // Without an id in the request, each attempt makes another one.
    String orderId =
        earlier.map(answer -> answer.get("orderId").textValue()).orElse(order.orderId());
    Created.at(ctx, "/api/orders", orderId);
  }

  private void createMany(Context ctx) {
    byte[] bytes = JsonBody.bytes(ctx, MAX_BATCH_BYTES);
    JsonFields body = JsonFields.of(JsonBody.parse(bytes));
    List<JsonFields> items = body.separateObjects("orders", MAX_BATCH_ORDERS);
    body.check();
    writes.take(ctx, 1L + (items.size() - 1) / ORDERS_PER_PERMIT);
    Instant now = Instant.now();
    List<NewOrder> given = new ArrayList<>(items.size());
    List<NewOrder> valid = new ArrayList<>(items.size());
    List<List<FieldError>> errors = new ArrayList<>(items.size());
    for (JsonFields item : items) {
      NewOrder order = NewOrder.read(item, now);
      List<FieldError> mistakes = List.copyOf(item.finish());
      given.add(order);
      errors.add(mistakes);
      if (mistakes.isEmpty()) {
        valid.add(order);
      }
    }
    idempotency.answer(
        ctx,
        bytes,
        orders.createAll(valid, Requests.actor(ctx)),
        stored -> new Answer(HttpStatus.OK, results(given, errors, stored), List.of()));
  }

  private static Results results(
      List<NewOrder> orders, List<List<FieldError>> errors, StoredBatch stored) {
    Set<String> created = new HashSet<>(stored.created());
    List<Result> results = new ArrayList<>(orders.size());
    for (int i = 0; i < orders.size(); i++) {
      String orderId = orders.get(i).orderId();
      BatchOutcome outcome =
          !errors.get(i).isEmpty()
              ? BatchOutcome.INVALID
              // Removed, so that the second order with the same id is no longer CREATED.
              : created.remove(orderId)
                  ? BatchOutcome.CREATED
                  : orders.get(i).isStoredAs(stored.orders().get(orderId))
                      ? BatchOutcome.EXISTS
                      : BatchOutcome.DIFFERS;
      results.add(
          new Result(i, outcome, outcome == BatchOutcome.INVALID ? null : orderId, errors.get(i)));
    }
    return new Results(
        count(results, BatchOutcome.CREATED),
        count(results, BatchOutcome.EXISTS),
        count(results, BatchOutcome.DIFFERS),
        count(results, BatchOutcome.INVALID),
        results);
  }

  private static int count(List<Result> results, BatchOutcome outcome) {
    return Math.toIntExact(results.stream().filter(r -> r.outcome() == outcome).count());
  }

  private void change(Context ctx) {
    writes.take(ctx, 1);
    String orderId = QueryParameters.pathId(ctx, "orderId");
    byte[] bytes = JsonBody.bytes(ctx, JsonBody.MAX_BODY);
    JsonFields body = JsonFields.of(JsonBody.parse(bytes));
    BigDecimal amount = body.decimal("amount", "0", NewOrder.MAX_AMOUNT, 2);
    BigDecimal refunded = body.decimal("refundedAmount", "0", NewOrder.MAX_AMOUNT, 2);
    OrderStatus status = body.oneOf("status", OrderStatus.class);
    String category = body.text("category", 200);
    boolean anything = amount != null || refunded != null || status != null;
    if (!anything && !body.has("category") && body.mistakes() == 0) {
      body.reject("", "give refundedAmount, status, amount or category.");
    }
    body.check();
    OrderChange change = new OrderChange(amount, refunded, status, category, body.has("category"));
    try {
      idempotency.answer(
          ctx,
          bytes,
          orders.change(orderId, EntityTag.demanded(ctx), change, Requests.actor(ctx)),
          changed -> {
            ShopOrder after = changed.orElseThrow(() -> HttpProblem.notFound("order", orderId));
            EntityTag.tell(ctx, after);
            return new Answer(HttpStatus.OK, after, List.of(after.userId()));
          });
    } catch (ExcessiveRefundException e) {
      throw HttpProblem.invalid("refundedAmount", "has to be at most the order's amount.");
    }
  }
}
