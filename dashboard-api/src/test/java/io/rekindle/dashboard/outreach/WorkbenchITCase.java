package io.rekindle.dashboard.outreach;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outreach as a workbench, over its API. */
class WorkbenchITCase extends DashboardTestBase {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PREVIEW =
      "{\"userId\": \"ada\", \"variant\": \"warm\", \"prompt\": \"winback-v1\", \"tone\": \"warm\"}";

  @BeforeEach
  void aClient() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, name, preferred_categories, locale, time_zone,
            marketing_consent)
          values ('ada', 'ada@example.org', 'Ada', '{Books}', 'de-DE', 'Europe/Berlin', true);
        insert into engagement.user_scores (user_id, score, band, segment, order_count,
            average_order_value, last_order_at, at_risk, at_risk_since, as_of, policy_version,
            revision)
          values ('ada', 40, 'LOW', 'AT_RISK', 5, 48.5, '2026-01-14T10:00:00Z', true, now(), now(),
            'p', 1)
        """);
  }

  // ------------------------------------------------------------------ prompts and variants

  @Test
  void shouldRefuseAPromptThatDoesNotExistByNameAndWithThoseThatDo() throws Exception {
    HttpResponse<String> refused =
        admin.put(
            "/api/outreach-settings",
            "{\"variants\": [{\"name\": \"a\", \"weight\": 1, \"prompt\": \"winback-v1\"},"
                + " {\"name\": \"b\", \"weight\": 1, \"prompt\": \"winback-v9\"}]}");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/errors/0/field").textValue()).isEqualTo("variants[1].prompt");
    assertThat(json(refused).at("/errors/0/message").textValue()).contains("winback-v1");
    JsonNode prompt = json(admin.get("/api/prompts")).at("/items/0");
    assertThat(prompt.get("name").textValue()).isEqualTo("winback-v1");
    assertThat(prompt.get("system").textValue()).startsWith("You write emails");
  }

  // ------------------------------------------------------------------ the brand

  @ParameterizedTest
  @CsvSource({
    "text, #777777, text on paper has a contrast of 4.4:1; text needs at least 4.5:1.",
    "accent, #ffcc00, accent on paper has a contrast of 1.5:1; text needs at least 4.5:1.",
    "footerText, #f4f1ec, footerText on background has a contrast of 1.0:1; text needs at least 4.5:1.",
    "paper, white, has to be a colour such as #7a3b1d.",
    "replyTo, nobody, has to be an address such as hello@shop.example.",
    "logoUrl, http://shop.example/x.png, 'has to be an address with https, such as https://shop.example/logo.png.'",
    "logoUrl, javascript:alert(1), 'has to be an address with https, such as https://shop.example/logo.png.'",
    "logoData, 'data:image/svg+xml;base64,PHN2Zz4=', has to be a PNG or JPEG image.",
    "headingFont, COMIC, 'has to be one of [HELVETICA, VERDANA, TREBUCHET, GEORGIA, PALATINO].'",
  })
  void shouldRefuseABrandThatCannotBeReadOrSent(String field, String value, String message)
      throws Exception {
    HttpResponse<String> refused =
        admin.put("/api/brand", JSON.writeValueAsString(Map.of(field, value)));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/errors").findValuesAsText("field")).contains(field);
    assertThat(json(refused).at("/errors").findValuesAsText("message")).contains(message);
    assertThat(json(admin.get("/api/brand")).get("version").intValue()).isEqualTo(1);
  }

  @Test
  void shouldMakeAVersionOfEachChangeAndWriteInIt() throws Exception {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(30, 10, BufferedImage.TYPE_INT_RGB), "png", png);
    String logo = "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
    String change =
        JSON.writeValueAsString(
            Map.of(
                "accent",
                "#114488",
                "footer",
                "Since 1904",
                "logoData",
                logo,
                "senderName",
                "Ada"));
    String version = admin.get("/api/brand").headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> changed = admin.with("If-Match", version).put("/api/brand", change);

    assertThat(changed.statusCode()).isEqualTo(200);
    int brand = json(changed).get("version").intValue();
    assertThat(brand).isGreaterThan(1);
    assertThat(json(changed).get("paper").textValue()).isEqualTo("#ffffff");
    assertThat(admin.with("If-Match", version).put("/api/brand", change).statusCode())
        .isEqualTo(412);

    JsonNode preview = json(admin.post("/api/email-previews", PREVIEW));
    assertThat(preview.get("brandVersion").intValue()).isEqualTo(brand);
    HttpResponse<String> document = document(preview, "");
    assertThat(document.body())
        .contains("background-color:#114488", "Since 1904", "src=\"data:image/png;base64,")
        .doesNotContain("cid:");
    assertThat(document.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("sandbox allow-same-origin; default-src 'none'")
        .doesNotContain("script");
    assertThat(
            database.value(
                "select after ->> 'logoData' from dashboard.audit_log where subject_kind = 'BRAND'"))
        .startsWith("sha256:");

    // An address takes the place of the image, and an empty one takes it away.
    JsonNode byUrl =
        json(admin.put("/api/brand", "{\"logoUrl\": \"https://cdn.example/logo.png\"}"));
    assertThat(byUrl.get("logoData").isNull()).isTrue();
    HttpResponse<String> linked = document(json(admin.post("/api/email-previews", PREVIEW)), "");
    assertThat(linked.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("img-src data: https://cdn.example;");
    assertThat(json(admin.put("/api/brand", "{\"logoUrl\": null}")).get("logoUrl").isNull())
        .isTrue();
  }

  @Test
  void shouldShowABrandBeforeItIsSaved() throws Exception {
    JsonNode preview = json(admin.post("/api/brand/preview", "{\"accent\": \"#005500\"}"));

    assertThat(document(preview, "").body()).contains("#005500");
    assertThat(json(admin.get("/api/brand")).get("version").intValue()).isEqualTo(1);
    assertThat(admin.post("/api/brand/preview", "{\"accent\": \"#ffff00\"}").statusCode())
        .isEqualTo(400);
  }

  // ------------------------------------------------------------------ previews

  @Test
  void shouldShowTheEmailThatAClientWouldGetWithItsChecks() throws Exception {
    JsonNode preview = json(admin.post("/api/email-previews", PREVIEW));

    assertThat(preview.get("language").textValue()).isEqualTo("de");
    assertThat(preview.get("subject").textValue())
        .isEqualTo("Ada, es gibt Neues in der Rubrik Books");
    assertThat(preview.get("text").textValue()).contains("im Januar 2026", "5 Mal");
    assertThat(preview.get("generatedBy").textValue()).isEqualTo("TEMPLATE");
    assertThat(preview.get("calls").intValue()).isZero();
    assertThat(preview.get("checks").findValuesAsText("check")).contains("links", "language");
    assertThat(preview.get("checks").findValues("passed")).allMatch(JsonNode::booleanValue);
    assertThat(document(preview, "?scheme=DARK").body())
        .contains("@media all {")
        .doesNotContain("prefers-color-scheme");
    assertThat(document(preview, "?scheme=LIGHT").body()).contains("@media not all {");
    assertThat(document(preview, "?scheme=BLUE").statusCode()).isEqualTo(400);

    JsonNode polish =
        json(admin.post("/api/email-previews", PREVIEW.replace("{", "{\"language\": \"pl\", ")));
    assertThat(polish.get("text").textValue()).contains("5 zamówień");
  }

  @Test
  void shouldRefuseAPreviewOfWhatIsNotThere() throws Exception {
    assertThat(admin.post("/api/email-previews", PREVIEW.replace("ada", "eve")).body())
        .contains("is no client of the shop");
    assertThat(admin.post("/api/email-previews", PREVIEW.replace("-v1", "-v2")).body())
        .contains("has to be a prompt there is: winback-v1.");
    String byModel = PREVIEW.replace("{", "{\"writer\": \"LLM\", ");
    assertThat(admin.post("/api/email-previews", byModel).body())
        .contains("this dashboard has no model");
    assertThat(admin.get("/api/email-previews/unknown/html").statusCode()).isEqualTo(404);
    assertThat(dashboard.account(admin, "VIEWER").post("/api/email-previews", PREVIEW).statusCode())
        .isEqualTo(403);
  }

  @Test
  void shouldShowTheEmailAsTheModelWritesItWithinItsBudget() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    HttpServer model = model(calls);
    String byModel = PREVIEW.replace("{", "{\"writer\": \"LLM\", \"language\": \"en\", ");
    Map<String, String> settings =
        Map.of(
            "REKINDLE_LLM_BASE_URL",
            "http://127.0.0.1:" + model.getAddress().getPort(),
            "REKINDLE_LLM_API_KEY",
            "key",
            "REKINDLE_SHOP_NAME",
            "Fern & Fable",
            "REKINDLE_DASHBOARD_PREVIEW_BUDGET_USD",
            "0.01");
    try (TestDashboard withModel = TestDashboard.start(database, settings)) {
      TestClient analyst = withModel.admin(database);

      JsonNode written = json(analyst.post("/api/email-previews", byModel));
      assertThat(written.get("generatedBy").textValue()).as(written.toString()).isEqualTo("LLM");
      assertThat(written.get("subject").textValue()).isEqualTo("Ada, a quiet evening is waiting");
      assertThat(written.get("calls").intValue()).isEqualTo(1);
      assertThat(written.get("costUsd").decimalValue()).isEqualByComparingTo("0.009");
      assertThat(written.get("checks").findValuesAsText("check")).contains("json", "no-promise");

      JsonNode overBudget = json(analyst.post("/api/email-previews", byModel));
      assertThat(overBudget.get("generatedBy").textValue()).isEqualTo("TEMPLATE");
      assertThat(overBudget.get("fallbackReason").textValue()).isEqualTo("BUDGET");
      assertThat(calls).hasValue(1);
    } finally {
      model.stop(0);
    }
  }

  @Test
  void shouldForgetPreviewsAndTestsOfAClientWhoIsErased() throws Exception {
    admin.put("/api/review-settings", "{\"seedAddresses\": [\"me@shop.example\"]}");
    JsonNode preview = json(admin.post("/api/email-previews", PREVIEW));
    sendTest(preview);

    database.execute("select engagement.erase_user('ada'); select dashboard.forget_user('ada')");

    assertThat(database.value("select count(*) from dashboard.email_previews")).isEqualTo("0");
    assertThat(database.value("select count(*) from engagement.test_emails")).isEqualTo("0");
  }

  // ------------------------------------------------------------------ tests

  @Test
  void shouldHandTestsToTheSenderForTheSeedAddressesOnly() throws Exception {
    JsonNode preview = json(admin.post("/api/email-previews", PREVIEW));
    assertThat(sendTest(preview).statusCode()).as("without addresses").isEqualTo(409);
    HttpResponse<String> wrong =
        admin.put("/api/review-settings", "{\"seedAddresses\": [\"me@shop.example\", \"me\"]}");
    assertThat(json(wrong).at("/errors/0/field").textValue()).isEqualTo("seedAddresses[1]");

    admin.put(
        "/api/review-settings", "{\"seedAddresses\": [\"me@shop.example\", \"you@shop.example\"]}");
    HttpResponse<String> sent = sendTest(preview);

    assertThat(sent.statusCode()).isEqualTo(202);
    JsonNode tests = json(admin.get("/api/test-emails")).get("items");
    assertThat(tests.findValuesAsText("recipient"))
        .containsExactlyInAnyOrder("me@shop.example", "you@shop.example");
    assertThat(tests.findValuesAsText("status")).containsOnly("READY");
    assertThat(tests.get(0).get("requestedBy").textValue()).isEqualTo(TestDashboard.ADMIN);
    assertThat(database.value("select count(*) from engagement.emails")).isEqualTo("0");
    assertThat(
            database.value(
                "select action || ' ' || user_id from dashboard.audit_log"
                    + " where subject_kind = 'TEST_EMAIL'"))
        .isEqualTo("CREATE ada");
    JsonNode unsaved = json(admin.post("/api/brand/preview", "{}"));
    assertThat(sendTest(unsaved).statusCode()).as("of an unsaved brand").isEqualTo(409);
  }

  // ------------------------------------------------------------------ approval

  @Test
  void shouldLetTheSenderGoOnOnceTheTextsAreApproved() throws Exception {
    admin.put("/api/review-settings", "{\"reviewFirst\": 2}");
    version("old", "calm", "FREE", "2026-01-01");
    version("new", "warm", "WAITING", "2026-02-01");
    email("e1", "new");
    email("e2", "new");
    email("e3", "new");

    HttpResponse<String> shown = admin.get("/api/content-versions/new");
    JsonNode version = json(shown);
    assertThat(version.get("waiting").intValue()).isEqualTo(3);
    assertThat(version.get("emails").findValuesAsText("emailId")).containsExactly("e1", "e2");
    assertThat(version.get("previousVersion").textValue()).isEqualTo("old");
    assertThat(version.get("changes").toString())
        .isEqualTo("[{\"field\":\"tone\",\"before\":\"calm\",\"after\":\"warm\"}]");
    String etag = shown.headers().firstValue("ETag").orElseThrow();
    assertThat(allowance("new")).isEqualTo("0");

    // Another email is the first now: nothing unread is approved.
    database.execute("update engagement.emails set status = 'CANCELLED' where email_id = 'e1'");
    assertThat(approve(admin.with("If-Match", etag), "new").statusCode()).isEqualTo(412);
    etag = admin.get("/api/content-versions/new").headers().firstValue("ETag").orElseThrow();
    JsonNode approved = json(approve(admin.with("If-Match", etag), "new"));

    assertThat(approved.at("/texts/review").textValue()).isEqualTo("APPROVED");
    assertThat(approved.at("/texts/approvedBy").textValue()).isEqualTo(TestDashboard.ADMIN);
    assertThat(allowance("new")).isNull();
    assertThat(
            database.value(
                "select action || ' ' || subject from dashboard.audit_log"
                    + " where subject_kind = 'CONTENT_VERSION'"))
        .isEqualTo("APPROVE new");
    assertThat(approve(admin, "old").statusCode()).isEqualTo(409);
    assertThat(approve(admin, "unknown").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldAskASecondPersonAboveTheLimit() throws Exception {
    admin.put("/api/review-settings", "{\"reviewFirst\": 1, \"fourEyesAbove\": 2}");
    version("new", "warm", "WAITING", "2026-02-01");
    for (int i = 0; i < 5; i++) {
      email("e" + i, "new");
    }

    JsonNode first = json(approve(admin, "new"));
    assertThat(first.get("secondNeeded").booleanValue()).isTrue();
    assertThat(allowance("new")).isEqualTo("2");
    assertThat(approve(admin, "new").body()).contains("the second takes another person");

    TestClient analyst = dashboard.account(admin, "ANALYST");
    JsonNode second = json(approve(analyst, "new"));
    assertThat(second.at("/texts/secondBy").textValue()).isEqualTo("analyst@example.org");
    assertThat(second.get("secondNeeded").booleanValue()).isFalse();
    assertThat(allowance("new")).isNull();
    assertThat(approve(dashboard.account(admin, "VIEWER"), "new").statusCode()).isEqualTo(403);
  }

  @Test
  void shouldRejectTexts() throws Exception {
    admin.put("/api/review-settings", "{\"reviewFirst\": 1}");
    version("new", "warm", "WAITING", "2026-02-01");

    JsonNode rejected = json(admin.post("/api/content-versions/new/reject", ""));

    assertThat(rejected.at("/texts/review").textValue()).isEqualTo("REJECTED");
    assertThat(approve(admin, "new").body()).contains("was rejected");
    assertThat(json(admin.get("/api/content-versions")).get("items")).hasSize(1);
  }

  // ------------------------------------------------------------------ the notice of a pause

  @Test
  void shouldSayOnEveryPageAboutEmailsWhoPausedOutreach() throws Exception {
    TestClient browser = admin.with("Accept", "text/html");
    assertThat(browser.get("/emails").body()).doesNotContain("Outreach is paused.");
    try {
      admin.put("/api/outreach-settings", "{\"enabled\": false}");
      while (!browser.get("/emails").body().contains("Outreach is paused.")) {
        Thread.onSpinWait();
      }
      for (String page : new String[] {"/", "/at-risk", "/emails", "/settings/outreach"}) {
        assertThat(browser.get(page).body())
            .as(page)
            .contains("Outreach is paused.", "By " + TestDashboard.ADMIN);
      }
      assertThat(browser.get("/clients").body()).doesNotContain("Outreach is paused.");
    } finally {
      admin.put("/api/outreach-settings", "{\"enabled\": true}");
    }
  }

  private HttpResponse<String> document(JsonNode preview, String query) throws Exception {
    return admin.get(
        "/api/email-previews/" + preview.get("previewId").textValue() + "/html" + query);
  }

  private HttpResponse<String> sendTest(JsonNode preview) throws Exception {
    return admin.post(
        "/api/test-emails", "{\"previewId\": \"" + preview.get("previewId").textValue() + "\"}");
  }

  private static HttpResponse<String> approve(TestClient client, String version) throws Exception {
    return client.post("/api/content-versions/" + version + "/approve", "");
  }

  /** How many emails of a version the sender may still take; null for all. */
  private static String allowance(String version) throws Exception {
    return database.value(
        "select remaining from engagement.version_allowances where content_version = '"
            + version
            + "'");
  }

  private static void version(String id, String tone, String review, String day) throws Exception {
    database.execute(
        "insert into engagement.content_versions (content_version, variant, prompt, tone,"
            + " brand_version, review, first_used_at) values ('%s', 'v', 'winback-v1', '%s', 1,"
                .formatted(id, tone)
            + " '%s', '%s')".formatted(review, day));
  }

  private static void email(String id, String version) throws Exception {
    database.execute(
        "insert into engagement.emails (email_id, user_id, subject, text, content_version,"
            + " generated_at) values ('%1$s', 'ada', 'Hello', 'Hello', '%2$s',"
                .formatted(id, version)
            + " timestamptz '2026-11-01' + interval '1 minute' * %s)".formatted(id.substring(1)));
  }

  /** Answers each call with the same draft. */
  private static HttpServer model(AtomicInteger calls) throws Exception {
    String draft =
        JSON.writeValueAsString(
            Map.of(
                "subject",
                "{{name}}, a quiet evening is waiting",
                "preheader",
                "We have put a few new stories aside for you.",
                "body",
                "<p>Hello {{name}},</p><p>It has been a while since you were here, and we have"
                    + " thought of you. There are new stories on our shelves, and some of them"
                    + " are just what you like to read on a quiet evening.</p><p>We hope that"
                    + " you are well, and we would love to see you here again.</p>",
                "call_to_action",
                Map.of("text", "See what is new", "link_id", "shop"),
                "suggested_items",
                new Object[] {
                  Map.of("category", "Books", "text", "New stories for a quiet evening.")
                }));
    byte[] answer =
        JSON.writeValueAsBytes(
            Map.of(
                "model",
                "acme/answered",
                "choices",
                new Object[] {
                  Map.of(
                      "finish_reason",
                      "stop",
                      "message",
                      Map.of("role", "assistant", "content", draft))
                },
                "usage",
                Map.of("prompt_tokens", 1000, "completion_tokens", 200, "cost", 0.009)));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/chat/completions",
        exchange -> {
          calls.incrementAndGet();
          String asked =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          byte[] body =
              asked.contains("Fern & Fable") ? answer : "no".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
