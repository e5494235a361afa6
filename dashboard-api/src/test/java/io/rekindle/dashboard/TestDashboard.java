package io.rekindle.dashboard;

import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.signin.Passwords;
import io.rekindle.platform.settings.DatabaseLogin;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The real server on a free port over a test's database, with an admin whose password is known. */
public final class TestDashboard implements AutoCloseable {

  public static final String ADMIN = "admin@example.org";
  public static final String PASSWORD = "correct horse battery";

  /** Tests sign in often, and few are about how long that takes. */
  private static final Passwords QUICK_PASSWORDS = new Passwords(new Passwords.Cost(64, 1));

  private final Dashboard dashboard;

  private TestDashboard(Dashboard dashboard) {
    this.dashboard = dashboard;
  }

  public static TestDashboard start(TestDatabase database) throws Exception {
    return start(database, Map.of());
  }

  /** Starts with further settings. */
  public static TestDashboard start(TestDatabase database, Map<String, String> settings)
      throws Exception {
    return start(settings(database, settings), QUICK_PASSWORDS);
  }

  /** Starts with passwords that are hashed as in production. */
  public static TestDashboard startWithStrongPasswords(
      TestDatabase database, Map<String, String> settings) throws Exception {
    return start(settings(database, settings), new Passwords(Passwords.Cost.RECOMMENDED));
  }

  /** Starts over a pool of the test's own, which the dashboard closes. */
  static TestDashboard start(TestDatabase database, DashboardDatabase pool) throws Exception {
    return new TestDashboard(Dashboard.start(settings(database, Map.of()), pool, QUICK_PASSWORDS));
  }

  private static TestDashboard start(DashboardSettings settings, Passwords passwords) {
    DatabaseLogin login = settings.database();
    return new TestDashboard(
        Dashboard.start(
            settings,
            new DashboardDatabase(login.url(), login.user(), login.password()),
            passwords));
  }

  private static DashboardSettings settings(TestDatabase database, Map<String, String> settings)
      throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("REKINDLE_DASHBOARD_PORT", "0");
    environment.put("REKINDLE_DATABASE_URL", database.url());
    environment.put("REKINDLE_DASHBOARD_ADMIN_EMAIL", ADMIN);
    environment.put("REKINDLE_DASHBOARD_ADMIN_PASSWORD", PASSWORD);
    environment.put("REKINDLE_DASHBOARD_SCORE_OVERRIDES", "true");
    environment.putAll(settings);
    return DashboardSettings.from(environment);
  }

  public Dashboard dashboard() {
    return dashboard;
  }

  public int port() {
    return dashboard.port();
  }

  public TestClient anonymous() {
    return TestClient.anonymous(port());
  }

  /** Signed in as the first admin, once there is one. */
  public TestClient admin(TestDatabase database) throws Exception {
    while (database.value("select 1 from dashboard.accounts where email = '" + ADMIN + "'")
        == null) {
      Thread.onSpinWait();
    }
    return TestClient.signedIn(port(), ADMIN, PASSWORD);
  }

  /** Signed in with a new account of that role. */
  public TestClient account(TestClient admin, String role) throws Exception {
    String email = role.toLowerCase(Locale.ROOT) + "@example.org";
    admin.post(
        "/api/accounts",
        "{\"email\": \"%s\", \"role\": \"%s\", \"password\": \"%s\"}"
            .formatted(email, role, PASSWORD));
    return TestClient.signedIn(port(), email, PASSWORD);
  }

  /** With a new API key of these scopes. */
  public TestClient key(TestClient admin, String... scopes) throws Exception {
    String body = "{\"name\": \"test\", \"scopes\": [\"" + String.join("\", \"", scopes) + "\"]}";
    return TestClient.withKey(
        port(), TestClient.json(admin.post("/api/api-keys", body)).get("secret").textValue());
  }

  @Override
  public void close() {
    dashboard.close();
  }
}
