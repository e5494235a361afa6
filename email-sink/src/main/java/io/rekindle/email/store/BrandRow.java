package io.rekindle.email.store;

import io.rekindle.email.Brand;
import io.rekindle.email.Brand.Font;
import io.rekindle.email.Brand.Palette;
import io.rekindle.email.Colour;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A row of {@code engagement.brands}. */
public final class BrandRow {

  /** The brand in force. */
  public static final String NEWEST =
      "select * from engagement.brands order by version desc limit 1";

  private BrandRow() {}

  /** Reads the row that a result is at. */
  public static Brand read(ResultSet row) throws SQLException {
    return new Brand(
        row.getInt("version"),
        row.getString("logo_url"),
        row.getString("logo_data"),
        new Palette(
            Colour.parse(row.getString("background")),
            Colour.parse(row.getString("paper")),
            Colour.parse(row.getString("text_color")),
            Colour.parse(row.getString("accent")),
            Colour.parse(row.getString("button_text")),
            Colour.parse(row.getString("footer_text"))),
        font(row.getString("heading_font"), Font.GEORGIA),
        font(row.getString("body_font"), Font.HELVETICA),
        row.getString("footer"),
        row.getString("sender_name"),
        row.getString("reply_to"));
  }

  /** A font that a later version knows must not keep an email from being written. */
  private static Font font(String name, Font otherwise) {
    for (Font font : Font.values()) {
      if (font.name().equals(name)) {
        return font;
      }
    }
    return otherwise;
  }
}
