package io.rekindle.dashboard.clients;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Event;
import io.rekindle.dashboard.ui.ViewContext;
import java.time.Instant;

/**
 * Something that happened to a client, in words.
 *
 * @param tone colour of its mark
 * @param more further words; empty if there are none
 * @param link address with more about it; null if there is none
 */
public record TimelineItem(
    String icon, String tone, String text, String more, String link, Instant at) {

  static TimelineItem of(Event event, ViewContext v) {
    JsonNode detail = event.detail();
    return switch (event.kind()) {
      case "ORDER" ->
          item(
              event,
              "order",
              "good",
              v.t("timeline.ORDER", money(detail, v)),
              v.blank(detail.path("category").textValue()),
              null);
      case "REFUND" ->
          item(
              event,
              "refund",
              "bad",
              v.t("timeline.REFUND", money(detail, v)),
              noticed(detail, v),
              null);
      case "CANCELLATION" ->
          item(
              event,
              "cross",
              "bad",
              v.t("timeline.CANCELLATION", money(detail, v)),
              noticed(detail, v),
              null);
      case "SCORE" -> score(event, v);
      case "AT_RISK" ->
          item(event, "risk", "accent", v.t("timeline.AT_RISK"), number(detail, "score", v), null);
      case "RECOVERED" ->
          item(
              event,
              "check",
              "good",
              v.t("timeline.RECOVERED"),
              v.name("close", detail.path("reason").textValue()),
              null);
      case "DECISION" ->
          item(
              event,
              "policy",
              "cold",
              v.name("decision", detail.path("decision").asText()),
              v.name("reason", detail.path("reason").textValue()),
              null);
      case "EMAIL_WRITTEN" ->
          item(
              event,
              "mail",
              "",
              v.t("timeline.EMAIL_WRITTEN"),
              v.blank(detail.path("subject").textValue()),
              "/emails/" + v.url(event.id()));
      case "EMAIL_SENT" ->
          item(
              event,
              "mail",
              "cold",
              v.t("timeline.EMAIL_SENT"),
              v.blank(detail.path("subject").textValue()),
              "/emails/" + v.url(event.id()));
      case "OVERRIDE" ->
          item(
              event,
              "pin",
              "accent",
              v.t("timeline.OVERRIDE", v.n(detail.path("score").asInt())),
              v.blank(detail.path("reason").textValue()),
              null);
      case "SUPPRESSION" ->
          item(
              event,
              "cross",
              "bad",
              v.t("timeline.SUPPRESSION"),
              v.name("suppression", detail.path("reason").textValue()),
              null);
      case "CONSENT" ->
          item(
              event,
              "user",
              detail.path("marketingConsent").asBoolean() ? "good" : "bad",
              v.t("timeline.CONSENT." + detail.path("marketingConsent").asBoolean()),
              "",
              null);
      case "CREATED" -> item(event, "user", "", v.t("timeline.CREATED"), "", null);
      default -> item(event, "info", "", event.kind(), "", null);
    };
  }

  private static TimelineItem score(Event event, ViewContext v) {
    JsonNode detail = event.detail();
    String now = number(detail, "score", v);
    String text =
        detail.path("previousScore").isNumber()
            ? v.t("timeline.SCORE", number(detail, "previousScore", v), now)
            : v.t("timeline.SCORE.first", now);
    return item(event, "chart", "", text, v.name("cause", detail.path("cause").textValue()), null);
  }

  private static String number(JsonNode detail, String field, ViewContext v) {
    JsonNode value = detail.path(field);
    return v.n(value.isNumber() ? value.decimalValue() : null, 1);
  }

  /** Says that an event has the time at which it was noticed; empty if its own time is known. */
  private static String noticed(JsonNode detail, ViewContext v) {
    return detail.path("timeKnown").asBoolean() ? "" : v.t("timeline.noticed");
  }

  private static String money(JsonNode detail, ViewContext v) {
    return v.money(detail.path("amount").decimalValue(), detail.path("currency").textValue());
  }

  private static TimelineItem item(
      Event event, String icon, String tone, String text, String more, String link) {
    return new TimelineItem(icon, tone, text, more, link, event.at());
  }
}
