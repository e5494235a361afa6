/** Server-sent events to open pages. */
package io.rekindle.dashboard.live;
