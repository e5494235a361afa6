package io.rekindle.local.demo;

import io.rekindle.dashboard.fits.Candidate;
import io.rekindle.dashboard.fits.ShopFit;
import io.rekindle.dashboard.fits.ShopSnapshot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a shop of two years has learned from its past: a fitted policy as a draft, its backtest, and
 * a model of what an order is worth. The pages show no value at stake without the model.
 */
public final class DemoModel {

  private static final String CREATED_BY = "the demo";

  private DemoModel() {}

  /**
   * Fits to the orders of the database and stores the result. No score changes by that.
   *
   * @param connection by a role that reads both schemas and writes policies; it commits by itself
   * @throws IllegalStateException if the shop has too few orders
   */
  public static void fit(Connection connection) throws SQLException, IOException {
    try (ShopSnapshot shop = ShopSnapshot.read(connection, clients -> {})) {
      if (!(ShopFit.run(shop, shop, shop.instant()) instanceof ShopFit.Found found)) {
        throw new IllegalStateException("The demo shop has too few orders for a fit");
      }
      store(found.candidate(), connection);
    }
  }

  private static void store(Candidate candidate, Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    candidate.store(connection, CREATED_BY);
    connection.commit();
    connection.setAutoCommit(true);
  }
}
