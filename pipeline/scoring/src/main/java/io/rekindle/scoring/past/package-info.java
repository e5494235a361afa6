/** The scores that a user would have had, computed from the orders as they stand today. */
package io.rekindle.scoring.past;
