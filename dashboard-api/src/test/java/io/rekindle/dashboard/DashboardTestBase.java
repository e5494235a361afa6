package io.rekindle.dashboard;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A test with a dashboard over an empty database, and an admin who is signed in. */
public abstract class DashboardTestBase {

  protected static TestDatabase database;

  protected TestDashboard dashboard;
  protected TestClient admin;

  @BeforeAll
  static void startPostgres() throws Exception {
    database = new TestDatabase();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    database.close();
  }

  @BeforeEach
  void startDashboard() throws Exception {
    database.clear();
    dashboard = TestDashboard.start(database);
    admin = dashboard.admin(database);
  }

  @AfterEach
  void stopDashboard() {
    dashboard.close();
  }
}
