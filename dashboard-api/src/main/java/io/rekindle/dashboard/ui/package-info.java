/**
 * The dashboard as people see it. A page asks the same classes as the API's addresses; what it
 * changes it sends to the API's addresses, so that there is one place that checks input.
 */
package io.rekindle.dashboard.ui;
