package cloud.stasis.gateway.device;

import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.PortId;
import cloud.stasis.model.StasisException;
import java.util.Optional;
import java.util.Set;

/// Finds addresses for new interfaces, within the transaction that adds their ports.
final class Addresses {
    private final Ports ports;

    Addresses(Ports ports) {
        this.ports = ports;
    }

    NicSpec nic(Network network, Optional<String> wanted) {
        ports.lock(network.id());
        Set<String> taken = ports.taken(network.id());
        String address = wanted.map(network::mine).orElseGet(() -> network.free(taken));
        if (taken.contains(address)) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "Fixed IP address " + address + " is already in use on instance.");
        }
        return new NicSpec(PortId.random(), network.id(), MacAddress.random(), Optional.of(address), Link.UP);
    }

    /// The addresses of another interface, the fixed one only if nobody has it any more.
    NicSpec kept(NicSpec of, Link link) {
        ports.lock(of.network());
        Set<String> taken = ports.taken(of.network());
        Optional<String> address = of.fixedAddress().filter(own -> !taken.contains(own));
        return new NicSpec(PortId.random(), of.network(), of.mac(), address, link);
    }
}
