/** Clients that others wrote, as they come, against a running Longhaul; and what others' documentation promises its readers. */
@NullMarked
package dev.longhaul.conformance;

import org.jspecify.annotations.NullMarked;
