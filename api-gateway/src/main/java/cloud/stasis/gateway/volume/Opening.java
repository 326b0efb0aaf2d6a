package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import java.util.Optional;

/// Who has a volume open: the agent of the host of the server that has it, or nobody.
final class Opening {
    private Opening() {}

    /// A server that is on no host, because it is shelved, has nothing open.
    static Optional<Opened> of(Volume volume, VolumeHosts hosts) {
        return volume.state().attached().flatMap(attached -> hosts.of(attached.instance())
                .map(host -> new Opened(host, attached.instance(), attached.device())));
    }
}
