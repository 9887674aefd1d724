/** API keys over HTTP. */
@NullMarked
package dev.longhaul.api.keys;

import org.jspecify.annotations.NullMarked;
