package cloud.stasis.gateway.device;

import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.Optional;

/// One network interface of one server.
///
/// @param address empty for a copy of an interface whose address another server has
/// @param worker the saga that brings it or takes it away
public record Port(
        PortId id,
        InstanceId instance,
        NetworkId network,
        MacAddress mac,
        Optional<String> address,
        Optional<SagaId> worker,
        Instant createdAt) {

    static Port of(InstanceId instance, NicSpec nic, Optional<SagaId> worker, Instant now) {
        return new Port(nic.port(), instance, nic.network(), nic.mac(), nic.fixedAddress(), worker, now);
    }

    Port workedOnBy(Optional<SagaId> saga) {
        return new Port(id, instance, network, mac, address, saga, createdAt);
    }
}
