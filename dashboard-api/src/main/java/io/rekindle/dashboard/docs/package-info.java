/** The API's contract and its page. */
package io.rekindle.dashboard.docs;
