package io.rekindle.connectors.capture;

/** The fields and columns that the decoder reads; everything else in an event is skipped. */
enum Field {
  OP("op"),
  PAYLOAD("payload"),

  TS_MS("ts_ms"),
  SCHEMA("schema"),
  TABLE("table"),
  SEQUENCE("sequence"),
  LSN("lsn"),

  USER_ID("user_id"),
  EMAIL("email"),
  NAME("name"),
  PREFERRED_CATEGORIES("preferred_categories"),
  TIME_ZONE("time_zone"),
  LOCALE("locale"),
  MARKETING_CONSENT("marketing_consent"),
  CREATED_AT("created_at"),

  ORDER_ID("order_id"),
  PLACED_AT("placed_at"),
  AMOUNT("amount"),
  REFUNDED_AMOUNT("refunded_amount"),
  CURRENCY("currency"),
  STATUS("status"),
  /** Not part of the change; read so that a text nobody could store does not pass unnoticed. */
  CATEGORY("category"),

  EMAIL_ID("email_id"),
  SENT_AT("sent_at"),

  SCORE("score"),
  SET_AT("set_at"),
  EXPIRES_AT("expires_at"),

  POLICY_VERSION("policy_version"),
  DOCUMENT("document"),
  ACTIVE("active"),

  TOPIC("topic"),
  PARTITION("partition");

  private final String jsonName;

  Field(String jsonName) {
    this.jsonName = jsonName;
  }

  String jsonName() {
    return jsonName;
  }

  /** The field of this name; null if nobody reads it. */
  static Field named(String jsonName) {
    // A switch over names hashes once per name, not once per event: the parser keeps its strings.
    switch (jsonName) {
      case "op":
        return OP;
      case "payload":
        return PAYLOAD;
      case "ts_ms":
        return TS_MS;
      case "schema":
        return SCHEMA;
      case "table":
        return TABLE;
      case "sequence":
        return SEQUENCE;
      case "lsn":
        return LSN;
      case "user_id":
        return USER_ID;
      case "email":
        return EMAIL;
      case "name":
        return NAME;
      case "preferred_categories":
        return PREFERRED_CATEGORIES;
      case "time_zone":
        return TIME_ZONE;
      case "locale":
        return LOCALE;
      case "marketing_consent":
        return MARKETING_CONSENT;
      case "created_at":
        return CREATED_AT;
      case "order_id":
        return ORDER_ID;
      case "placed_at":
        return PLACED_AT;
      case "amount":
        return AMOUNT;
      case "refunded_amount":
        return REFUNDED_AMOUNT;
      case "currency":
        return CURRENCY;
      case "status":
        return STATUS;
      case "category":
        return CATEGORY;
      case "email_id":
        return EMAIL_ID;
      case "sent_at":
        return SENT_AT;
      case "score":
        return SCORE;
      case "set_at":
        return SET_AT;
      case "expires_at":
        return EXPIRES_AT;
      case "policy_version":
        return POLICY_VERSION;
      case "document":
        return DOCUMENT;
      case "active":
        return ACTIVE;
      case "topic":
        return TOPIC;
      case "partition":
        return PARTITION;
      default:
        return null;
    }
  }
}
