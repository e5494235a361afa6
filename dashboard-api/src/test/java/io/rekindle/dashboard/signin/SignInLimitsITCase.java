package io.rekindle.dashboard.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attempts to sign in from many networks, as a proxy in front reports them. */
class SignInLimitsITCase {

  private static TestDatabase database;
  private static TestDashboard dashboard;

  @BeforeAll
  static void start() throws Exception {
    database = new TestDatabase();
    dashboard =
        TestDashboard.startWithStrongPasswords(
            database, Map.of("REKINDLE_DASHBOARD_TRUST_PROXY", "true"));
    dashboard.admin(database);
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
    database.close();
  }

  @Test
  void shouldLetTheOwnerInWhileAStrangerGuesses() throws Exception {
    String browser = browserCookie(signIn(from("192.0.2.1"), TestDashboard.PASSWORD));
    TestClient stranger = from("2001:db8:1:1::1");
    int guesses = 0;
    while (signIn(stranger, "a wrong one").statusCode() == 401) {
      assertThat(++guesses).isLessThan(20);
    }

    // Another address of the same subscriber counts with it; another network does not.
    assertThat(signIn(from("2001:db8:1:1:ffff::2"), "a wrong one").statusCode()).isEqualTo(429);
    assertThat(signIn(from("2001:db8:1:2::1"), TestDashboard.PASSWORD).statusCode()).isEqualTo(201);
    // A browser that signed in before gets in from the stranger's own network, too.
    HttpResponse<String> owner = signIn(stranger.with("Cookie", browser), TestDashboard.PASSWORD);
    assertThat(owner.statusCode()).isEqualTo(201);
    // The cookie is no way around the password, and counts attempts of its own.
    HttpResponse<String> guess = null;
    for (int i = 0; i < 20; i++) {
      guess = signIn(from("192.0.2." + i).with("Cookie", browserCookie(owner)), "a wrong one");
    }
    assertThat(guess.statusCode()).isEqualTo(429);
  }

  @Test
  void shouldAnswerAFloodOfSignInsByComeBackLater() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      HttpRequest request =
          from("203.0.113." + i)
              .request("/api/session")
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"email\": \"nobody%d@example.org\", \"password\": \"wrong\"}"
                          .formatted(i)))
              .build();
      flood.add(http.sendAsync(request, BodyHandlers.ofString()));
    }

    int later = 0;
    for (CompletableFuture<HttpResponse<String>> one : flood) {
      HttpResponse<String> response = one.get();
      assertThat(response.statusCode()).isIn(401, 503);
      if (response.statusCode() == 503) {
        later++;
        assertThat(response.headers().firstValue("Retry-After")).hasValue("2");
        assertThat(response.body()).contains("try again shortly");
      }
    }
    assertThat(later).isPositive();
    assertThat(signIn(from("192.0.2.200"), TestDashboard.PASSWORD).statusCode()).isEqualTo(201);
  }

  @Test
  void shouldStorePasswordsAsHashesOfTheRecommendedCost() throws Exception {
    assertThat(database.value("select password_hash from dashboard.accounts"))
        .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
  }

  private static TestClient from(String address) {
    return dashboard.anonymous().with("X-Forwarded-For", address);
  }

  private static HttpResponse<String> signIn(TestClient client, String password) throws Exception {
    return client.post(
        "/api/session",
        "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(TestDashboard.ADMIN, password));
  }

  private static String browserCookie(HttpResponse<String> signedIn) {
    return signedIn.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith("rekindle_browser="))
        .map(cookie -> cookie.split(";", 2)[0])
        .findFirst()
        .orElseThrow();
  }
}
