package io.rekindle.dashboard.list;

/** A part of a list that says where the next part begins. */
public interface ListPart {

  /** Asks for the part after this; null if this is the last. */
  String nextCursor();
}
