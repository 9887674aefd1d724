/** Real processes end to end: what a tenant sees, and the failure table. */
@NullMarked
package dev.longhaul.system;

import org.jspecify.annotations.NullMarked;
