/** Random faults of network, servers and processes, and what must hold nevertheless. */
@NullMarked
package dev.longhaul.stress;

import org.jspecify.annotations.NullMarked;
