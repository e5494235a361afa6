/** The outreach settings and suppressions. */
package io.rekindle.dashboard.outreach;
