/** Uploads, lists, contents and deletion of files. */
@NullMarked
package dev.longhaul.api.files;

import org.jspecify.annotations.NullMarked;
