package cloud.stasis.gateway.device;

import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
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

    /// For an interface whose own network is not here: a guest that goes on has to find all of its devices.
    Optional<Network> standIn() {
        return all.stream().findFirst();
    }

    /// Why there can be no copy of these interfaces.
    public Optional<String> hindrance(List<NicSpec> of) {
        return all.isEmpty() && !of.isEmpty()
                ? Optional.of("Its server has network interfaces, and there are no networks here.")
                : Optional.empty();
    }

    /// How a copy of these interfaces will differ from them, in words.
    public List<String> differences(List<NicSpec> of) {
        return of.stream()
                .filter(nic -> find(nic.network()).isEmpty())
                .flatMap(nic -> standIn().stream()
                        .map(other -> "The network " + nic.network() + " of its interface " + nic.mac()
                                + " is not known here: it comes to " + other.name() + " with its cable out."))
                .toList();
    }

    /// Interfaces of a machine from elsewhere, of which nobody here knows: no cable is in, and an address is left out
    /// that no server here could have.
    public List<NicSpec> unplugged(List<NicSpec> of) {
        return of.stream()
                .map(nic -> new NicSpec(
                        PortId.random(),
                        nic.network(),
                        nic.mac(),
                        nic.fixedAddress().filter(address -> find(nic.network())
                                .filter(network -> network.isMine(address))
                                .isPresent()),
                        Link.DOWN))
                .toList();
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
