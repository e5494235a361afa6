/** Loops and statistics that are computed beside the requests. */
package io.rekindle.dashboard.background;
