/** What all endpoints share of HTTP: paths, headers, JSON bodies, list queries. */
@NullMarked
package dev.longhaul.api.http;

import org.jspecify.annotations.NullMarked;
