/** What is common to the whole OpenAPI document, so that resources and records say only what is their own. */
@NullMarked
package dev.longhaul.api.openapi;

import org.jspecify.annotations.NullMarked;
