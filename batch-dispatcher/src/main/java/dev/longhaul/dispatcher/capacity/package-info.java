/** How the dispatchers share the backends' capacity: what each could use, and what the leader lends it. */
@NullMarked
package dev.longhaul.dispatcher.capacity;

import org.jspecify.annotations.NullMarked;
