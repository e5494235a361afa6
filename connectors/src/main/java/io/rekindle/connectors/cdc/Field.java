package io.rekindle.connectors.cdc;

/** The fields and columns that the decoder reads; everything else in an event is skipped. */
enum Field {
  OP("op"),
  PAYLOAD("payload"),

  TS_MS("ts_ms"),
  DB("db"),
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
  /** Not part of the change. The decoder reads it to refuse a text that Postgres cannot store. */
  CATEGORY("category"),

  EMAIL_ID("email_id"),
  SENT_AT("sent_at"),

  SCORE("score"),
  SET_AT("set_at"),
  EXPIRES_AT("expires_at"),

  ADDRESS("address"),
  REASON("reason"),

  POLICY_VERSION("policy_version"),
  MODEL_VERSION("model_version"),
  DOCUMENT("document"),
  ACTIVE("active"),

  ENABLED("enabled"),
  COOLDOWN_DAYS("cooldown_days"),
  STALE_DAYS("stale_days"),
  DAILY_CAP("daily_cap"),
  CAP_ORDER("cap_order"),
  EXPERIMENT_ID("experiment_id"),
  HOLDOUT_SHARE("holdout_share"),
  CONTROL_SHARE("control_share"),
  CONTROL_SALT("control_salt"),
  VARIANTS("variants"),
  WEIGHT("weight"),
  PROMPT("prompt"),
  TONE("tone"),
  OFFER("offer"),

  TOPIC("topic"),
  PARTITION("partition"),
  NUMBER("number"),
  BEAT("beat"),
  PREVIOUS_BEAT("previous_beat");

  private final String jsonName;

  Field(String jsonName) {
    this.jsonName = jsonName;
  }

  String jsonName() {
    return jsonName;
  }

  /** The field's place in an array, the same for as long as the JVM runs. */
  // The ordinal is never stored or sent, so a new constant cannot change its meaning.
  @SuppressWarnings("EnumOrdinal")
  int index() {
    return ordinal();
  }

  /** Returns the field of this name; null if the decoder does not read it. */
  static Field named(String jsonName) {
    // The parser reuses its name strings, and a string caches its hash.
    return switch (jsonName) {
      case "op" -> OP;
      case "payload" -> PAYLOAD;
      case "ts_ms" -> TS_MS;
      case "db" -> DB;
      case "schema" -> SCHEMA;
      case "table" -> TABLE;
      case "sequence" -> SEQUENCE;
      case "lsn" -> LSN;
      case "user_id" -> USER_ID;
      case "email" -> EMAIL;
      case "name" -> NAME;
      case "preferred_categories" -> PREFERRED_CATEGORIES;
      case "time_zone" -> TIME_ZONE;
      case "locale" -> LOCALE;
      case "marketing_consent" -> MARKETING_CONSENT;
      case "created_at" -> CREATED_AT;
      case "order_id" -> ORDER_ID;
      case "placed_at" -> PLACED_AT;
      case "amount" -> AMOUNT;
      case "refunded_amount" -> REFUNDED_AMOUNT;
      case "currency" -> CURRENCY;
      case "status" -> STATUS;
      case "category" -> CATEGORY;
      case "email_id" -> EMAIL_ID;
      case "sent_at" -> SENT_AT;
      case "score" -> SCORE;
      case "set_at" -> SET_AT;
      case "expires_at" -> EXPIRES_AT;
      case "address" -> ADDRESS;
      case "reason" -> REASON;
      case "policy_version" -> POLICY_VERSION;
      case "model_version" -> MODEL_VERSION;
      case "document" -> DOCUMENT;
      case "active" -> ACTIVE;
      case "enabled" -> ENABLED;
      case "cooldown_days" -> COOLDOWN_DAYS;
      case "stale_days" -> STALE_DAYS;
      case "daily_cap" -> DAILY_CAP;
      case "cap_order" -> CAP_ORDER;
      case "experiment_id" -> EXPERIMENT_ID;
      case "holdout_share" -> HOLDOUT_SHARE;
      case "control_share" -> CONTROL_SHARE;
      case "control_salt" -> CONTROL_SALT;
      case "variants" -> VARIANTS;
      case "weight" -> WEIGHT;
      case "prompt" -> PROMPT;
      case "tone" -> TONE;
      case "offer" -> OFFER;
      case "topic" -> TOPIC;
      case "partition" -> PARTITION;
      case "number" -> NUMBER;
      case "beat" -> BEAT;
      case "previous_beat" -> PREVIOUS_BEAT;
      default -> null;
    };
  }
}
