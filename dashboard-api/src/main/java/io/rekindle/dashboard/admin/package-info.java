/** Accounts, API keys and the audit log, for admins. */
package io.rekindle.dashboard.admin;
