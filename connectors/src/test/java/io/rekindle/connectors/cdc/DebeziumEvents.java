package io.rekindle.connectors.cdc;

/** Events as Debezium writes them, with the parts that a test is about put in. */
public final class DebeziumEvents {

  /** The commit time of every event here: 2026-11-21T22:54:30.638Z. */
  public static final long COMMIT_TIME = 1_795_301_670_638L;

  public static final String ORDER =
      order("\"o-1\"", "\"u-1\"", "\"2026-11-21T21:58:12.123456Z\"", "\"59.90\"", "\"0.00\"");

  static final String USER =
      "{\"user_id\":\"u-1\",\"email\":\"ann@example.com\",\"name\":\"Ann\","
          + "\"preferred_categories\":[\"books\"],\"time_zone\":\"Europe/Oslo\","
          + "\"locale\":\"nb-NO\",\"marketing_consent\":true,"
          + "\"created_at\":\"2024-01-02T03:04:05.678901Z\","
          + "\"updated_at\":\"2026-11-21T22:54:13.545952Z\"}";

  static final String SUPPRESSION =
      "{\"user_id\":\"u-1\",\"address\":\"ann@example.com\",\"reason\":\"BOUNCED\","
          + "\"detail\":\"550 no such user\",\"created_by\":\"rekindle_sender\","
          + "\"created_at\":\"2026-11-21T22:54:13.545952Z\"}";

  public static final String OUTREACH =
      outreach(
          "[{\"name\": \"warm\", \"tone\": null, \"offer\": \"Free shipping\","
              + " \"prompt\": \"winback-v1\", \"weight\": 2.5},"
              + " {\"name\": \"brief\", \"tone\": \"brief\", \"prompt\": \"winback-v1\","
              + " \"weight\": 0}]");

  private DebeziumEvents() {}

  /** A row of engagement.outreach_settings with these variants, given as JSON. */
  static String outreach(String variants) {
    return "{\"id\":1,\"enabled\":false,\"cooldown_days\":7,\"stale_days\":0,\"daily_cap\":50,"
        + "\"cap_order\":\"VALUE_AT_STAKE\","
        + "\"quiet_from\":\"21:00:00Z\",\"quiet_until\":\"08:00:00Z\","
        + "\"experiment_id\":\"spring\",\"holdout_share\":\"0.25\","
        + "\"control_share\":\"0.05\",\"control_salt\":\"autumn\",\"variants\":\""
        + variants.replace("\\", "\\\\").replace("\"", "\\\"")
        + "\",\"updated_by\":\"rekindle\",\"updated_at\":\"2026-11-21T22:54:13.545952Z\"}";
  }

  /** A row of shop.orders; the arguments are JSON. */
  public static String order(
      String orderId, String userId, String placedAt, String amount, String refunded) {
    return "{\"order_id\":"
        + orderId
        + ",\"user_id\":"
        + userId
        + ",\"placed_at\":"
        + placedAt
        + ",\"amount\":"
        + amount
        + ",\"refunded_amount\":"
        + refunded
        + ",\"currency\":\"EUR\",\"status\":\"PLACED\",\"category\":\"books\","
        + "\"updated_at\":\"2026-11-21T22:54:30.637856Z\"}";
  }

  public static String event(String table, String op, String before, String after) {
    return "{\"before\":"
        + before
        + ",\"after\":"
        + after
        + ",\"source\":"
        + source(table)
        + ",\"transaction\":null,\"op\":\""
        + op
        + "\",\"ts_ms\":1795301670809,"
        + "\"ts_us\":1795301670809230,\"ts_ns\":1795301670809230721}";
  }

  static String source(String table) {
    int dot = table.indexOf('.');
    return "{\"version\":\"3.7.0.Final\",\"connector\":\"postgresql\",\"name\":\"rekindle\","
        + "\"ts_ms\":"
        + COMMIT_TIME
        + ",\"snapshot\":\"false\",\"db\":\"rekindle\","
        + "\"sequence\":\"[\\\"22570104\\\",\\\"22570448\\\"]\",\"ts_us\":"
        + COMMIT_TIME
        + "329,\"ts_ns\":"
        + COMMIT_TIME
        + "329000,\"schema\":\""
        + table.substring(0, dot)
        + "\",\"table\":\""
        + table.substring(dot + 1)
        + "\",\"txId\":769,\"lsn\":22570448,\"xmin\":null,\"origin\":null,"
        + "\"origin_lsn\":null}";
  }
}
