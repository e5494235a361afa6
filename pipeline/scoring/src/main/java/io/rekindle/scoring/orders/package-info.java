/** A user's orders, and the facts about them for a score. */
package io.rekindle.scoring.orders;
