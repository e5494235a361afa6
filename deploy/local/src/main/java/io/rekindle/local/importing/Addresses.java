package io.rekindle.local.importing;

import java.util.Locale;

/** Addresses of clients as their ids. */
final class Addresses {

  private Addresses() {}

  /** Reads an address as an id, in small letters; null if the column holds none. */
  static String asId(RowFields fields, int column) throws InvalidValueException {
    String address = fields.text(column, "").toLowerCase(Locale.ROOT);
    return address.indexOf('@') < 1 ? null : fields.checkedId(fields.name(column), address);
  }
}
