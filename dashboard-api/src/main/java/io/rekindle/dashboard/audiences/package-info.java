/** Named filters of clients, with who is in each. */
package io.rekindle.dashboard.audiences;
