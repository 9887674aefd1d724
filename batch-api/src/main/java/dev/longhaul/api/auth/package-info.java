/** Who calls: API keys and their tenants. */
@NullMarked
package dev.longhaul.api.auth;

import org.jspecify.annotations.NullMarked;
