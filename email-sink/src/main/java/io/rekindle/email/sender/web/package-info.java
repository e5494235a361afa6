/** The page that unsubscribes, health and metrics. */
package io.rekindle.email.sender.web;
