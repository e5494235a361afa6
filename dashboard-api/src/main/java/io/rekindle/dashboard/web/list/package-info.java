/** Lists over HTTP: keyset pages, cursors, CSV. */
package io.rekindle.dashboard.web.list;
