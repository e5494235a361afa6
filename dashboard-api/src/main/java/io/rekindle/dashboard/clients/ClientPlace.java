package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.list.Cursor;
import io.rekindle.dashboard.list.InvalidCursorException;
import java.util.Arrays;

/**
 * The place of a client in a list.
 *
 * @param value the value that the list is sorted by; null without one
 */
record ClientPlace(Part part, String value, String userId) {

  /** The parts of a list, in this order. */
  enum Part {
    WITH_VALUE(0),
    WITHOUT_VALUE(1),
    NOT_SCORED(2);

    private final int place;

    Part(int place) {
      this.place = place;
    }

    int place() {
      return place;
    }

    static Part at(int place) {
      return Arrays.stream(values()).filter(part -> part.place == place).findFirst().orElseThrow();
    }
  }

  /**
   * Reads a cursor; null if there is none.
   *
   * @throws InvalidCursorException if the cursor does not belong to the list
   */
  static ClientPlace read(String cursor, String list) {
    String[] values = Cursor.read(cursor, list, 3);
    if (values == null) {
      return null;
    }
    for (Part part : Part.values()) {
      if (part.name().equals(values[0])) {
        return new ClientPlace(part, values[1], values[2]);
      }
    }
    throw new InvalidCursorException();
  }

  String cursor(String list) {
    return Cursor.write(list, part.name(), value, userId);
  }
}
