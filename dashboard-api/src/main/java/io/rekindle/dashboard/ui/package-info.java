/**
 * The dashboard as people see it. A page reads through the same services as the API. It sends
 * changes to the API, so that input is checked in one place.
 */
package io.rekindle.dashboard.ui;
