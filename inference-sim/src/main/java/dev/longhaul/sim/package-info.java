/** An OpenAI-compatible backend for development and tests: real embeddings, simulated text, faults on demand. */
@NullMarked
package dev.longhaul.sim;

import org.jspecify.annotations.NullMarked;
