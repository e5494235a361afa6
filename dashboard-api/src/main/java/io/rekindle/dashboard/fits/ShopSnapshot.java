package io.rekindle.dashboard.fits;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.prediction.ClientStream;
import io.rekindle.prediction.OutreachAssumptions;
import io.rekindle.prediction.ShopCurrency;
import io.rekindle.prediction.ShopOrders;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongConsumer;

/**
 * The orders of a shop as of one instant, in a temporary file. One cursor reads them in one
 * transaction with repeatable read, so that memory holds the orders of one client. Close it to
 * delete the file.
 */
public final class ShopSnapshot implements ShopOrders, AutoCloseable {

  private static final int FETCH_ROWS = 10_000;
  private static final int BUFFER = 1 << 16;
  private static final int REPORT_EVERY = 1_024;

  /** Sorted by the milliseconds, as the job has the orders of a client. */
  private static final String ORDERS =
      """
      select o.user_id, floor(extract(epoch from o.placed_at) * 1000)::bigint as placed_at,
             o.currency,
             case o.status when 'PLACED' then ((o.amount - o.refunded_amount) * 100)::bigint else 0
             end as net_minor
      from shop.orders o join shop.users u on u.user_id = o.user_id
      order by o.user_id collate "C", 2, o.order_id collate "C"
      """;

  private final Path file;
  private long instant;
  private ScoringPolicy inForce;
  private OutreachAssumptions outreach;
  private long clients;

  private ShopSnapshot(Path file) {
    this.file = file;
  }

  /**
   * Reads the orders of all clients.
   *
   * @param connection by a role that reads both schemas; it ends outside of a transaction
   * @param progress receives the number of clients so far; an exception of its ends the reading
   */
  public static ShopSnapshot read(Connection connection, LongConsumer progress)
      throws SQLException, IOException {
    ShopSnapshot snapshot = new ShopSnapshot(Files.createTempFile("rekindle-orders", null));
    try {
      connection.setAutoCommit(false);
      snapshot.readAll(connection, progress);
      return snapshot;
    } catch (SQLException | IOException | RuntimeException e) {
      Files.delete(snapshot.file);
      throw e;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private void readAll(Connection connection, LongConsumer progress)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read, read only");
      statement.execute("set local statement_timeout = 0");
      statement.execute("set local work_mem = '128MB'");
      // The first query takes the snapshot before it reads the clock.
      try (ResultSet row =
          statement.executeQuery(
              "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint")) {
        row.next();
        instant = row.getLong(1);
      }
      inForce = inForce(statement);
      outreach = outreach(statement);
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery(ORDERS);
          DataOutputStream out =
              new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
        write(rows, out, progress);
      }
    }
  }

  private void write(ResultSet rows, DataOutputStream out, LongConsumer progress)
      throws SQLException, IOException {
    OrderTable orders = new OrderTable();
    String userId = null;
    while (rows.next()) {
      String next = rows.getString(1);
      if (!next.equals(userId)) {
        writeClient(userId, orders, out, progress);
        orders.clear();
        userId = next;
      }
      orders.add(rows.getLong(2), rows.getLong(4), CurrencyCodes.pack(rows.getString(3)));
    }
    writeClient(userId, orders, out, progress);
    progress.accept(clients);
  }

  private void writeClient(
      String userId, OrderTable orders, DataOutputStream out, LongConsumer progress)
      throws IOException {
    if (userId != null) {
      ClientStream.write(userId, orders, out);
      clients++;
      if (clients % REPORT_EVERY == 0) {
        progress.accept(clients);
      }
    }
  }

  /** The policy that the job has stored; before it has, that of a shop that has activated none. */
  private static ScoringPolicy inForce(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("select document::text from engagement.policy_in_force")) {
      return row.next() ? ScoringPolicy.parse(row.getString(1)) : ScoringPolicy.byDefault();
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("The policy that the job has stored is not valid", e);
    }
  }

  private static OutreachAssumptions outreach(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select cooldown_days, daily_cap,"
                + " engagement.share_without_email(holdout_share, control_share)"
                + " from engagement.outreach_settings")) {
      return row.next()
          ? new OutreachAssumptions(row.getInt(1), row.getInt(2), row.getDouble(3))
          : OutreachAssumptions.BY_DEFAULT;
    }
  }

  /** The instant of the snapshot, epoch milliseconds. */
  public long instant() {
    return instant;
  }

  /** The policy in force. */
  public ScoringPolicy inForce() {
    return inForce;
  }

  /** The currencies of the policy in force, by which amounts are converted. */
  public ShopCurrency currency() {
    return ShopCurrency.of(inForce);
  }

  /** The rules of outreach. */
  public OutreachAssumptions outreach() {
    return outreach;
  }

  /** The number of clients with an order. */
  public long clients() {
    return clients;
  }

  @Override
  public void forEachClient(Visitor visitor) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      ClientStream.read(in, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
