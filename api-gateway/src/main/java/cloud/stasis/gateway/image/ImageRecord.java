package cloud.stasis.gateway.image;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One image, as read from its row.
///
/// @param status the image API's word: `queued`, `saving`, `active`, ...
/// @param parts of its bundle; empty until it is active
/// @param properties custom top-level properties, `kernel_id` and `ramdisk_id` among them
public record ImageRecord(
        ImageId id,
        ProjectId owner,
        String name,
        String status,
        String visibility,
        int minDiskGib,
        int minRamMib,
        ByteCount size,
        List<Part> parts,
        Map<String, String> properties) {
    public ImageRecord {
        parts = List.copyOf(parts);
        properties = Map.copyOf(properties);
    }

    public boolean isActive() {
        return status.equals("active");
    }

    /// Whether it was uploaded as the archive of a whole machine, with its devices.
    public boolean isMachine() {
        return file().isPresent() && parts.stream().anyMatch(Part.DeviceArchive.class::isInstance);
    }

    /// Whether servers of this project may be made of it, whoever asks.
    public boolean isFor(ProjectId project) {
        return owner.equals(project) || visibility.equals(Visibility.PUBLIC.wireName());
    }

    /// Whether its owner has not deleted it.
    public boolean isThere() {
        return !status.equals("deleted") && !status.equals("pending_delete");
    }

    /// The guest-visible disk, if the image is one that a machine can boot from.
    public Optional<Part.Disk> disk() {
        return parts.stream()
                .filter(Part.Disk.class::isInstance)
                .map(Part.Disk.class::cast)
                .findFirst();
    }

    /// The bytes as they were uploaded, if it was uploaded: what a kernel or RAM-disk image is.
    public Optional<Part.File> file() {
        return parts.stream()
                .filter(Part.File.class::isInstance)
                .map(Part.File.class::cast)
                .findFirst();
    }
}
