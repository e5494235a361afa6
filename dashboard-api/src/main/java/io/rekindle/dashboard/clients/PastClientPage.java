package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.list.ListPart;
import java.util.List;

/**
 * A page of clients at the end of a past day.
 *
 * @param nextCursor asks for the next page; null on the last. A page before may have few clients if
 *     those who match are far apart.
 * @param total the number of clients in all pages; null unless asked for
 * @param totalIsMore whether there are, or may be, more than total says; null as total is
 */
public record PastClientPage(
    List<PastClient> items, String nextCursor, Long total, Boolean totalIsMore)
    implements ListPart {}
