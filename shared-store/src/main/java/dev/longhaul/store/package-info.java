/** What the services share of PostgreSQL and S3, in domain words; entities and SQL never leave it. */
@NullMarked
package dev.longhaul.store;

import org.jspecify.annotations.NullMarked;
