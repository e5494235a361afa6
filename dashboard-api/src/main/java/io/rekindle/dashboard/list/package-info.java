/** Lists in the database by keyset, and their cursors. */
package io.rekindle.dashboard.list;
