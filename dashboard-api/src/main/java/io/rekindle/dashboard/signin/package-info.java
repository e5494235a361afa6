/** Accounts, sessions, API keys and the audit log: who is let in, and what they changed. */
package io.rekindle.dashboard.signin;
