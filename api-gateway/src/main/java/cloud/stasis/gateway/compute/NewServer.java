package cloud.stasis.gateway.compute;

import cloud.stasis.model.ImageId;
import java.util.List;

/// What a tenant asks for when a server is made.
///
/// @param count servers of this kind; each gets a number after its name if there are several
public record NewServer(Profile profile, String flavor, ImageId image, List<BlockDevice> devices, int count) {
    /// Servers made by one request.
    public static final int MAX_COUNT = 50;

    public NewServer {
        devices = List.copyOf(devices);
    }
}
