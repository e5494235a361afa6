/** Who asks and what they may do, without HTTP: principals, roles and limits. */
package io.rekindle.dashboard.access;
