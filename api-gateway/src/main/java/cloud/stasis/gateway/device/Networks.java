package cloud.stasis.gateway.device;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;

/// The networks of this cloud, as they are configured.
public record Networks(List<Network> all) {
    public Networks {
        all = List.copyOf(all);
    }

    public Optional<Network> find(NetworkId id) {
        return all.stream().filter(network -> network.id().equals(id)).findFirst();
    }

    /// By its id or its name.
    ///
    /// @throws StasisException `INVALID_REQUEST`
    public Network named(String text) {
        return all.stream()
                .filter(network ->
                        network.id().toString().equals(text) || network.name().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new StasisException(ErrorCode.INVALID_REQUEST, "Network " + text + " could not be found."));
    }

    /// The one that a server gets that asks for any.
    ///
    /// @throws StasisException `WRONG_STATE` if there are several
    Optional<Network> only() {
        if (all.size() > 1) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "Multiple possible networks found, use a Network ID to be more specific.");
        }
        return all.stream().findFirst();
    }
}
