/** Replays dead letters into their original topics. */
package io.rekindle.connectors.replay;
