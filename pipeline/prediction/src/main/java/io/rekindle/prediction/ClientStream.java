package io.rekindle.prediction;

import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.OrderTable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * Clients with their orders as bytes, one after the other. Programs keep a snapshot of a shop in a
 * temporary file of this form, since a fit reads the clients several times. The form is no
 * interface: a file is read by the program that wrote it.
 */
public final class ClientStream {

  private ClientStream() {}

  /** Appends a client. */
  public static void write(String userId, OrderHistory orders, DataOutputStream out)
      throws IOException {
    out.writeUTF(userId);
    out.writeInt(orders.size());
    for (int i = 0; i < orders.size(); i++) {
      out.writeLong(orders.placedAt(i));
      out.writeLong(orders.netMinor(i));
      out.writeInt(orders.currency(i));
    }
  }

  /** Shows every client of the rest of a stream. */
  public static void read(DataInputStream in, ShopOrders.Visitor visitor) throws IOException {
    OrderTable orders = new OrderTable();
    while (true) {
      String userId;
      try {
        userId = in.readUTF();
      } catch (EOFException endOfFile) {
        return;
      }
      orders.clear();
      for (int left = in.readInt(); left > 0; left--) {
        orders.add(in.readLong(), in.readLong(), in.readInt());
      }
      visitor.client(userId, orders);
    }
  }
}
