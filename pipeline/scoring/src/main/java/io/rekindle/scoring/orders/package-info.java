/** A user's orders, and the facts about them that a score rests on. */
package io.rekindle.scoring.orders;
