package cloud.stasis.gateway.device;

import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives copies of servers their interfaces.
public final class InterfaceCopies {
    private final Ports ports;
    private final Networks networks;
    private final Addresses addresses;
    private final Clock clock;

    public InterfaceCopies(Ports ports, Networks networks, Clock clock) {
        this.ports = ports;
        this.networks = networks;
        this.addresses = new Addresses(ports);
        this.clock = clock;
    }

    /// The interfaces of a copy of a server, within the transaction of its caller. One that keeps its identity keeps
    /// its addresses if nobody has them any more; a guest that goes on mid-instruction with new ones learns of them
    /// when it next boots, so its cables are out until then, as those of one that is to be isolated. One whose
    /// network is not here (any more) comes to another one, with its cable out.
    ///
    /// @throws StasisException `WRONG_STATE` if there are no networks, `QUOTA_EXCEEDED`
    public List<NicSpec> copy(InstanceId to, List<NicSpec> of, Identity identity, MemoryChoice memory) {
        List<NicSpec> nics = new ArrayList<>();
        for (NicSpec one : of) {
            NicSpec nic = copy(one, identity, memory);
            ports.add(Port.of(to, nic, Optional.empty(), clock.instant()));
            nics.add(nic);
        }
        return nics;
    }

    private NicSpec copy(NicSpec of, Identity identity, MemoryChoice memory) {
        Optional<Network> own = networks.find(of.network());
        if (own.isEmpty()) {
            Network other = networks.standIn()
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.WRONG_STATE,
                            "The network " + of.network() + " of the interface " + of.mac()
                                    + " is gone, and there is no other."));
            NicSpec nic = addresses.nic(other, Optional.empty()).with(Link.DOWN);
            return switch (identity) {
                case KEEP, ISOLATE -> new NicSpec(nic.port(), other.id(), of.mac(), nic.fixedAddress(), Link.DOWN);
                case REGENERATE -> nic;
            };
        }
        return switch (identity) {
            case KEEP -> addresses.kept(of, of.link());
            case ISOLATE -> addresses.kept(of, Link.DOWN);
            case REGENERATE ->
                addresses
                        .nic(own.get(), Optional.empty())
                        .with(
                                switch (memory) {
                                    case WITH_MEMORY -> Link.DOWN;
                                    case DISKS_ONLY -> of.link();
                                });
        };
    }
}
