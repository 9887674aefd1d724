package dev.longhaul.api.files;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The form that adds a part to an upload, as documented; {@link PartIntake} is what reads it. */
@Schema(name = "UploadPartRequest")
record PartBody(
        @Schema(type = SchemaType.STRING, format = "binary", description = "At most 64 MiB.") byte[] data) {}
