package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.VolumeId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A disk that a tenant, or an image, asks for when a server is made.
///
/// @param bootIndex its place in the order of the disks to boot from: the one at 0 is the root disk; empty if it
/// is not in that order
/// @param name what it is called in the request. A volume gets the place of that letter if it is free; an asked disk
/// takes the place of one of the same name that the image asks for
/// @param tag what the tenant calls it
public record BlockDevice(Optional<Integer> bootIndex, Optional<String> name, Optional<String> tag, Origin origin) {
    private static final Pattern LETTER = Pattern.compile("(?:x?vd|[hs]d)([a-z])");

    /// Where it comes from.
    public sealed interface Origin {}

    /// A disk of the server itself, over the content of an image.
    public record LocalImage(ImageId image) implements Origin {}

    /// A blank disk that lives and dies with the server, in place of the one that the flavor gives.
    ///
    /// @param size at most the flavor's; empty for all of it
    public record BlankDisk(Optional<ByteCount> size) implements Origin {}

    /// As [BlankDisk], for the guest to swap to.
    public record SwapDisk(Optional<ByteCount> size) implements Origin {}

    /// A volume that is made with the server.
    ///
    /// @param size empty for that of the source
    /// @param type by name or id; empty for that of the source, if it has one
    public record FreshVolume(
            VolumeSource source, Optional<ByteCount> size, Optional<String> type, OnTermination onTermination)
            implements Origin {}

    /// A volume that is there already.
    public record ExistingVolume(VolumeId volume, OnTermination onTermination) implements Origin {}

    static BlockDevice root(ImageId image) {
        return new BlockDevice(Optional.of(0), Optional.empty(), Optional.empty(), new LocalImage(image));
    }

    /// The place of a volume that its name says, if it does. All disks are virtio ones, whatever the name
    /// begins with.
    Optional<DeviceName> place() {
        boolean isVolume = origin instanceof FreshVolume || origin instanceof ExistingVolume;
        return name.filter(_ -> isVolume)
                .map(LETTER::matcher)
                .filter(Matcher::matches)
                .map(known -> new DeviceName("vd" + known.group(1)));
    }

    public boolean isRoot() {
        return bootIndex.filter(index -> index == 0).isPresent();
    }

    boolean isLocalRoot() {
        return isRoot() && origin instanceof LocalImage;
    }
}
