package io.rekindle.dashboard.list;

import java.util.List;

/**
 * A part of a list.
 *
 * @param items in the list's order
 * @param nextCursor asks for the part after this; null if this is the last
 */
public record ListPage<T>(List<T> items, String nextCursor) implements ListPart {}
