/** A shop to look at when one has none at hand: its history, and its days as they go by. */
package io.rekindle.local.demo;
