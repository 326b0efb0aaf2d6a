package cloud.stasis.image.tool;

import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// What lies in `src/test/resources/golden/store`, and how it came there: by this, run by hand, with the code that
/// wrote version 1 in November 2026; then the name of a manifest lost its incarnation, as older releases wrote it.
/// **It is not made anew when the code changes**: stores that are out there are not either.
final class GoldenStore {
    static final ReferenceName IMAGE = ReferenceName.of(ImageId.parse("11111111-2222-4333-8444-555555555555"));
    static final ReferenceName SNAPSHOT = ReferenceName.of(SnapshotId.parse("66666666-7777-4888-9999-aaaaaaaaaaaa"));
    static final byte[] MEMORY = "the memory of a machine that was very small\n".getBytes(StandardCharsets.UTF_8);

    private GoldenStore() {}

    /// 200 leaves, of which five are not zeros: two levels of index, and a subtree that does not exist.
    static byte[] disk() {
        byte[] disk = new byte[199 * TreeShape.LEAF_BYTES + 1234];
        for (int leaf : new int[] {0, 3, 70, 127}) {
            Arrays.fill(disk, leaf * TreeShape.LEAF_BYTES, (leaf + 1) * TreeShape.LEAF_BYTES, (byte) ('a' + leaf % 26));
            disk[leaf * TreeShape.LEAF_BYTES + 99] = (byte) leaf;
        }
        // Does not shrink, and is stored plain.
        int state = 1;
        for (int at = 199 * TreeShape.LEAF_BYTES; at < disk.length; at++) {
            state = state * 1103515245 + 12345;
            disk[at] = (byte) (state >>> 16);
        }
        return disk;
    }

    static Manifest image(Content disk) {
        return new Manifest(
                1,
                ReferenceName.Kind.IMAGE,
                Optional.empty(),
                Instant.parse("2026-11-22T10:00:00Z"),
                Optional.empty(),
                List.of(new Part.File(disk)),
                Optional.empty(),
                Map.of("name", "golden image", "disk_format", "raw"));
    }

    private static Manifest snapshot(Content disk, Content memory, ManifestId parent) {
        return new Manifest(
                1,
                ReferenceName.Kind.SNAPSHOT,
                Optional.of(InstanceId.parse("bbbbbbbb-cccc-4ddd-8eee-ffffffffffff")),
                Instant.parse("2026-11-22T10:00:00.123456Z"),
                Optional.of(parent),
                List.of(
                        new Part.Disk(new DeviceName("vda"), disk),
                        new Part.Disk(new DeviceName("vdb"), Stores.zeros(ByteCount.ofMib(1))),
                        new Part.Memory(Part.MemoryFormat.LIBVIRT_SAVE, memory)),
                Optional.empty(),
                Map.of("name", "golden snapshot", "server_name", "é"));
    }

    /// `GoldenStore <new directory>`
    public static void main(String[] arguments) {
        AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
        try (Repository repository = Stores.open(Path.of(arguments[0]), time::get, Retention.STANDARD)) {
            Content disk = Stores.put(repository, disk());
            Manifest image = image(disk);
            ManifestId first = repository.seal(IMAGE, Stores.image(disk));
            ManifestId second = repository.seal(IMAGE, image);
            if (first.equals(second)) {
                throw new IllegalStateException("the reference was to have a second generation");
            }
            repository.seal(SNAPSHOT, snapshot(disk, Stores.put(repository, MEMORY), second));
            // Leaves the notes of the upkeep, and removes the first manifest.
            time.set(Duration.ofDays(1));
            repository.collector().collect();
            repository.scrubber().scrub(ByteCount.ofGib(1));
            repository.meter().measure();
        }
    }
}
