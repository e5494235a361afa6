/** The API's contract, as a document and as a page. */
package io.rekindle.dashboard.docs;
