/** What must be done before the service is ready, and whether it is. */
@NullMarked
package dev.longhaul.api.setup;

import org.jspecify.annotations.NullMarked;
