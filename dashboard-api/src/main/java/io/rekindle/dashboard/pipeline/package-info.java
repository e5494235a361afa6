/** How far the pipeline is, what holds it, and whether the dashboard can do its work. */
package io.rekindle.dashboard.pipeline;
