package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.device.ChangeDevice;
import cloud.stasis.gateway.device.InterfaceCopies;
import cloud.stasis.gateway.device.Interfaces;
import cloud.stasis.gateway.device.Media;
import cloud.stasis.gateway.device.Network;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.device.Plugged;
import cloud.stasis.gateway.device.Ports;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.OperatorNetwork;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/// What concerns networks, interfaces and media.
@Singleton
class DeviceBeans {
    /// @param configured each as `name:id:cidr:bridge`, the same as the hosts are told
    @Produces
    @Singleton
    Networks networks(@ConfigProperty(name = "stasis.networks") Optional<List<String>> configured) {
        return new Networks(configured.orElse(List.of()).stream()
                .map(OperatorNetwork::parse)
                .map(Network::of)
                .toList());
    }

    @Produces
    @Singleton
    Plugged plugged(Instances instances, Ports ports, Clock clock) {
        return new Plugged(instances, ports, clock);
    }

    @Produces
    @Singleton
    ChangeDevice changeDevice(Plugged plugged, Grants grants) {
        return new ChangeDevice(plugged, grants);
    }

    @Produces
    @Singleton
    Interfaces interfaces(
            Transactions transactions,
            Instances instances,
            Ports ports,
            Networks networks,
            SagaRunner sagas,
            ChangeDevice changeDevice,
            Clock clock) {
        return new Interfaces(transactions, instances, ports, networks, sagas, changeDevice, clock);
    }

    @Produces
    @Singleton
    InterfaceCopies interfaceCopies(Ports ports, Networks networks, Clock clock) {
        return new InterfaceCopies(ports, networks, clock);
    }

    @Produces
    @Singleton
    Media media(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            ChangeDevice changeDevice,
            Clock clock) {
        return new Media(transactions, instances, images, sagas, changeDevice, clock);
    }
}
