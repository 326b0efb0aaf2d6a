package cloud.stasis.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a bundle is: one instant of one machine, or one image, as a list of parts. Immutable, and named by the
/// hash of its canonical bytes (`docs/design/store-format.md`). It carries all that a new site needs: nothing
/// about a bundle is known only to a database.
///
/// @param version of the format, [#CURRENT_VERSION]
/// @param takenAt the instant that it shows
/// @param parent the bundle that the machine's history continues from, if any
/// @param metadata names, owner, properties: at most [#MAX_METADATA] entries
public record Manifest(
        int version,
        ReferenceName.Kind kind,
        Optional<InstanceId> instance,
        Instant takenAt,
        Optional<ManifestId> parent,
        List<Part> parts,
        Optional<Receipt> receipt,
        Map<String, String> metadata) {

    public static final int CURRENT_VERSION = 1;
    /// Glance allows 128 properties; the rest is ours.
    public static final int MAX_METADATA = 256;
    /// 26 disks and a handful of others.
    public static final int MAX_PARTS = 64;

    public Manifest {
        if (version != CURRENT_VERSION) {
            throw new StasisException(
                    ErrorCode.UNSUPPORTED_FORMAT, "manifest version " + version + " is not known here");
        }
        if (parts.size() > MAX_PARTS || metadata.size() > MAX_METADATA) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a manifest has too many parts or metadata entries");
        }
        if (parts.stream().filter(Part.Memory.class::isInstance).count() > 1) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a manifest has at most one memory part");
        }
        parts = List.copyOf(parts);
        metadata = Map.copyOf(metadata);
    }

    /// The bytes of all parts together, as a tenant's quota counts them.
    public ByteCount logicalSize() {
        return parts.stream().map(part -> part.content().size()).reduce(ByteCount.ZERO, ByteCount::plus);
    }
}
