/** What happens, told to open pages as it happens. */
package io.rekindle.dashboard.live;
