package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Optional;

/// Who has a volume open: the agent of the host of the server that has it, or nobody.
final class Opening {
    private Opening() {}

    /// @throws StasisException `WRONG_STATE` if a server has it that is on no host
    static Optional<Opened> of(Volume volume, VolumeHosts hosts) {
        return volume.state().attached().map(attached -> opened(volume, attached, hosts));
    }

    private static Opened opened(Volume volume, Attachment attached, VolumeHosts hosts) {
        return hosts.of(attached.instance())
                .map(host -> new Opened(host, attached.instance(), attached.device()))
                .orElseThrow(() -> new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Invalid volume: the server that has volume " + volume.id() + " is on no host."));
    }
}
