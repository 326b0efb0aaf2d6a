package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.BlockDevice.BlankDisk;
import cloud.stasis.gateway.compute.BlockDevice.ExistingVolume;
import cloud.stasis.gateway.compute.BlockDevice.FreshVolume;
import cloud.stasis.gateway.compute.BlockDevice.LocalImage;
import cloud.stasis.gateway.compute.BlockDevice.Origin;
import cloud.stasis.gateway.compute.BlockDevice.SwapDisk;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.Optional;
import java.util.function.Function;

/// One entry of a block device mapping of the second version, as requests and images write it: words, of which only
/// some go together. What is missing is what Nova takes it for.
///
/// @param size in GiB; in MiB if it is of a disk to swap to
public record MappedDevice(
        Optional<String> source,
        Optional<String> destination,
        Optional<String> uuid,
        Optional<Integer> size,
        Optional<String> volumeType,
        Optional<String> guestFormat,
        Optional<String> name,
        Optional<Integer> bootIndex,
        OnTermination onTermination,
        Optional<String> tag) {

    /// @throws StasisException `INVALID_REQUEST` if the words do not go together
    public BlockDevice device() {
        // A negative index is that of a disk that is not booted from.
        return new BlockDevice(bootIndex.filter(index -> index >= 0), name, tag, origin());
    }

    /// The same, to be booted from.
    public MappedDevice booted() {
        return new MappedDevice(
                source, destination, uuid, size, volumeType, guestFormat, name, Optional.of(0), onTermination, tag);
    }

    private Origin origin() {
        String from = source.orElse("volume");
        String to = destination.orElse(from.equals("blank") || from.equals("image") ? "local" : "volume");
        if (from.equals("blank") && uuid.isPresent()) {
            throw invalid("Invalid device UUID.");
        }
        return switch (from + "/" + to) {
            case "image/local" -> localImage();
            case "image/volume" -> {
                if (size.isEmpty()) {
                    throw invalid("Images with destination_type 'volume' need to have a non-zero size specified");
                }
                yield fresh(new VolumeSource.OfImage(id("image", ImageId::parse)));
            }
            case "snapshot/volume" -> fresh(new VolumeSource.OfSnapshot(id("snapshot", SnapshotId::parse)));
            case "volume/volume" -> new ExistingVolume(id("volume", VolumeId::parse), onTermination);
            case "blank/volume" -> {
                if (size.isEmpty()) {
                    throw invalid(
                            "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size, in volume_size");
                }
                yield fresh(new VolumeSource.Blank());
            }
            case "blank/local" ->
                guestFormat.filter("swap"::equals).isPresent()
                        ? new SwapDisk(size.map(ByteCount::ofMib))
                        : new BlankDisk(gib());
            default ->
                throw invalid("Invalid source_type field, or one that does not go with the destination_type: " + from
                        + " to " + to + ".");
        };
    }

    private LocalImage localImage() {
        if (bootIndex.filter(index -> index == 0).isEmpty()) {
            throw invalid("Mapping image to local is not supported.");
        }
        return new LocalImage(id("image", ImageId::parse));
    }

    private FreshVolume fresh(VolumeSource from) {
        return new FreshVolume(from, gib(), volumeType, onTermination);
    }

    private Optional<ByteCount> gib() {
        size.filter(gib -> gib < 1 || gib > VolumeCatalog.MAX_GIB).ifPresent(gib -> {
            throw invalid("volume_size must be 1 to " + VolumeCatalog.MAX_GIB + ".");
        });
        return size.map(ByteCount::ofGib);
    }

    private <T> T id(String what, Function<String, T> parse) {
        String text = uuid.orElseThrow(() -> invalid("Missing device UUID."));
        try {
            return parse.apply(text);
        } catch (StasisException e) {
            throw invalid("failed to get " + what + ": its uuid is none.");
        }
    }

    public static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Block Device Mapping is Invalid: " + message);
    }
}
