/** Lists over HTTP: pages and CSV. */
package io.rekindle.dashboard.web.list;
