/** The models that batches may name. */
@NullMarked
package dev.longhaul.api.models;

import org.jspecify.annotations.NullMarked;
