/** The shop's clients: lists, profiles with scores, what happened to them, and changes. */
package io.rekindle.dashboard.clients;
