/** Replays dead letters into the topics that they came from. */
package io.rekindle.connectors.replay;
