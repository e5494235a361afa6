/** Recording orders, as a shop would, and following them to the score. */
package io.rekindle.dashboard.orders;
