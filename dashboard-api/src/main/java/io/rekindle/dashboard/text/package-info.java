/** What people read, all of it in one resource bundle. */
package io.rekindle.dashboard.text;
