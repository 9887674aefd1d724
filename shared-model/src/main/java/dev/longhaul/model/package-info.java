/** Domain types, wire records and names that every Longhaul process shares; pure Java, no I/O and no threads. */
@NullMarked
package dev.longhaul.model;

import org.jspecify.annotations.NullMarked;
