/** The one form of JSON. */
package io.rekindle.dashboard.json;
