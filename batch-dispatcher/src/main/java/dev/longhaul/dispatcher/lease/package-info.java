/** This process's life in PostgreSQL: what other processes judge it by. */
@NullMarked
package dev.longhaul.dispatcher.lease;

import org.jspecify.annotations.NullMarked;
