/** Errors in OpenAI's shape. */
@NullMarked
package dev.longhaul.api.errors;

import org.jspecify.annotations.NullMarked;
