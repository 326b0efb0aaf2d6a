package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.device.WantedNic;
import cloud.stasis.model.ImageId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What a tenant asks for when a server is made.
///
/// @param image that it is made from; empty if a device says what it boots from
/// @param count servers of this kind; each gets a number after its name if there are several
/// @param group that they shall be members of
/// @param nics network interfaces of each
/// @param medium what lies in the drive of each
public record NewServer(
        Profile profile,
        String flavor,
        Optional<ImageId> image,
        List<BlockDevice> devices,
        int count,
        Optional<UUID> group,
        List<WantedNic> nics,
        Optional<ImageId> medium) {
    /// Servers made by one request.
    public static final int MAX_COUNT = 50;

    public NewServer {
        devices = List.copyOf(devices);
        nics = List.copyOf(nics);
    }
}
