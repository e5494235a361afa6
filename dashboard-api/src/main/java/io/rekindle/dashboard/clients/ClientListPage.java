package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.list.ListPart;
import java.util.List;

/**
 * A page of clients.
 *
 * @param nextCursor asks for the next page; null on the last
 * @param total the number of clients in all pages; null unless asked for
 * @param totalIsMore whether there are more than total says; null as total is
 */
public record ClientListPage(
    List<ClientProfile> items, String nextCursor, Integer total, Boolean totalIsMore)
    implements ListPart {}
