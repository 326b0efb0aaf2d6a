package cloud.stasis.image.ova;

import cloud.stasis.model.Part;

/// How the members of our own archives are called.
final class OvaNames {
    static final String DESCRIPTION = "bundle.ovf";
    static final String HASHES = "bundle.mf";
    static final String MANIFEST = "stasis-manifest.json";

    private OvaNames() {}

    /// Of a disk for other hypervisors.
    static String asVmdk(Part part) {
        String name = of(part);
        return name.substring(0, name.lastIndexOf('.')) + ".vmdk";
    }

    static String of(Part part) {
        return switch (part) {
            case Part.Disk disk -> "disk-" + disk.target() + ".qcow2";
            case Part.File _ -> "file";
            case Part.Memory _ -> "memory";
            case Part.DomainXml _ -> "domain.xml";
            case Part.DeviceArchive _ -> "devices.json";
        };
    }
}
