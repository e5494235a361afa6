package io.rekindle.dashboard;

import java.sql.SQLException;

/** A shop of 500 days whose clients return often enough for a fit. */
public final class FittableShop {

  private FittableShop() {}

  /** Fills the tables of the shop. */
  public static void fill(TestDatabase database, int clients) throws SQLException {
    database.execute(
        """
        insert into shop.users (user_id) select 'u' || n from generate_series(1, %1$d) n;
        insert into shop.orders (order_id, user_id, placed_at, amount, currency)
        select n || '-' || k, 'u' || n,
               now() - interval '500 days' + (n * 37 %% 300) * interval '1 day'
                 + k * (5 + n %% 60) * interval '1 day',
               5 + (n * k) %% 90, 'EUR'
        from generate_series(1, %1$d) n, generate_series(0, (n * 7) %% 13) k
        where (n * 37 %% 300) + k * (5 + n %% 60) < 500;
        """
            .formatted(clients));
  }
}
