/** Random faults and random load on a running stack, and the checks that must hold afterwards. */
package io.rekindle.bench.torture;
