/** The JSONL formats: splitting input into lines and finding a request line's fields, without copying or reprinting a byte. */
@NullMarked
package dev.longhaul.model.jsonl;

import org.jspecify.annotations.NullMarked;
