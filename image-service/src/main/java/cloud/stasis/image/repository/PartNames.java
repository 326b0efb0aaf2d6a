package cloud.stasis.image.repository;

import cloud.stasis.model.Part;

/// What a part is called, in reports and as a file.
public final class PartNames {
    private PartNames() {}

    /// Unique within a manifest for all but files that are odd anyway.
    public static String of(Part part) {
        return switch (part) {
            case Part.Disk disk -> "disk-" + disk.target().value();
            case Part.File _ -> "file";
            case Part.Memory _ -> "memory";
            case Part.DomainXml _ -> "domain.xml";
            case Part.DeviceArchive _ -> "devices.json";
        };
    }
}
