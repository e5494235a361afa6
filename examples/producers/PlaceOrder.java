import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Places an order by plain SQL. User and password come from PGUSER and PGPASSWORD.
 *
 * <pre>java -cp postgresql.jar PlaceOrder.java JDBC_URL ORDER_ID USER_ID AMOUNT CURRENCY</pre>
 */
class PlaceOrder {

  /** The same order may be written again: the id says that it is the same. */
  private static final String UPSERT =
      """
      insert into shop.orders (order_id, user_id, amount, currency) values (?, ?, ?, ?)
      on conflict (order_id) do update
        set user_id = excluded.user_id, amount = excluded.amount, currency = excluded.currency
      """;

  public static void main(String[] args) throws SQLException {
    if (args.length != 5) {
      System.err.println("usage: PlaceOrder JDBC_URL ORDER_ID USER_ID AMOUNT CURRENCY");
      System.exit(2);
    }
    try (Connection connection =
            DriverManager.getConnection(
                args[0], System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
        PreparedStatement order = connection.prepareStatement(UPSERT)) {
      order.setString(1, args[1]);
      order.setString(2, args[2]);
      order.setBigDecimal(3, new BigDecimal(args[3]));
      order.setString(4, args[4]);
      order.executeUpdate();
    }
    System.out.println("placed " + args[1]);
  }
}
