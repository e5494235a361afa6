package io.rekindle.dashboard.fits;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.FittableShop;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class FitRoutesITCase extends DashboardTestBase {

  @Test
  void shouldMakeADraftWithABacktest() throws Exception {
    FittableShop.fill(database, 400);

    JsonNode done = finished(json(admin.post("/api/fits", "{}")));

    assertThat(done.get("state").textValue()).as(done.toString()).isEqualTo("DONE");
    String version = done.get("policyVersion").textValue();
    assertThat(version).startsWith("fitted-");
    JsonNode draft = json(admin.get("/api/policies/" + version));
    assertThat(draft.get("draft").booleanValue()).isTrue();
    assertThat(draft.at("/document/probability/perMille")).hasSize(101);
    assertThat(json(admin.get("/api/audit-log")).at("/items/0/subject").textValue())
        .isEqualTo(version);

    JsonNode rows = json(admin.get("/api/backtests")).get("items");
    assertThat(rows.findValuesAsText("policy"))
        .containsExactly("cadence-v1 / 100", "cadence-v1 with a table", "fitted");
    long id = rows.at("/0/backtestId").longValue();
    JsonNode backtest = json(admin.get("/api/backtests/" + id));
    assertThat(backtest.at("/policyVersions/0").textValue()).isEqualTo(version);
    assertThat(backtest.at("/result/policies/2/bins")).isNotEmpty();
    assertThat(admin.get("/api/backtests/0").statusCode()).isEqualTo(404);
    assertThat(admin.get("/api/backtests/x").statusCode()).isEqualTo(404);

    HttpResponse<String> page =
        admin.with("Accept", "text/html").get("/backtests?version=" + version);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("cadence-v1 with a table", "class=\"calibration\"");
    assertThat(admin.with("Accept", "text/html").get("/policy?version=" + version).body())
        .contains("Points beside the policy in force");
  }

  @Test
  void shouldTellWhatASmallShopLacks() throws Exception {
    FittableShop.fill(database, 20);

    JsonNode refused = finished(json(admin.post("/api/fits", "{}")));

    assertThat(refused.get("state").textValue()).isEqualTo("REFUSED");
    assertThat(refused.at("/missing/0/minimum").textValue()).isEqualTo("CLIENTS");
    assertThat(refused.at("/missing/0/sentence").textValue()).contains("at least 200 are needed");
    assertThat(database.value("select count(*) from engagement.scoring_policies")).isEqualTo("0");
  }

  @Test
  void shouldLetAnAdminAllowScheduledFitsToActivate() throws Exception {
    assertThat(json(admin.get("/api/fit-settings")).get("activate").booleanValue()).isFalse();

    assertThat(admin.put("/api/fit-settings", "{\"activate\": true}").statusCode()).isEqualTo(200);

    assertThat(json(admin.get("/api/fit-settings")).get("activate").booleanValue()).isTrue();
    assertThat(json(admin.get("/api/audit-log")).at("/items/0/subjectKind").textValue())
        .isEqualTo("FIT_SETTINGS");
    assertThat(admin.put("/api/fit-settings", "{}").statusCode()).isEqualTo(400);
    assertThat(admin.put("/api/fit-settings", "{\"activate\": false}").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldCancelAFitAndKnowNoOther() throws Exception {
    FittableShop.fill(database, 400);
    JsonNode fit = json(admin.post("/api/fits", "{}"));

    assertThat(admin.delete("/api/fits/" + fit.get("fitId").textValue()).statusCode())
        .isEqualTo(204);

    assertThat(finished(fit).get("state").textValue()).isIn("CANCELLED", "DONE");
    assertThat(admin.get("/api/fits/none").statusCode()).isEqualTo(404);
    assertThat(admin.delete("/api/fits/none").statusCode()).isEqualTo(404);
  }

  private JsonNode finished(JsonNode fit) throws Exception {
    JsonNode status = fit;
    while (status.get("state").textValue().equals("RUNNING")) {
      Thread.onSpinWait();
      status = json(admin.get("/api/fits/" + fit.get("fitId").textValue()));
    }
    return status;
  }
}
