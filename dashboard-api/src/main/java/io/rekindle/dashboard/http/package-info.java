/**
 * How the dashboard speaks HTTP: who may do what, how requests are read and refused, and how
 * failures look from outside. Knows nothing of what the addresses are about.
 */
package io.rekindle.dashboard.http;
