/** Quotas of tenants over HTTP. */
@NullMarked
package dev.longhaul.api.limits;

import org.jspecify.annotations.NullMarked;
