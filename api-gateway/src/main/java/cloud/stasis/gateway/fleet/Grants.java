package cloud.stasis.gateway.fleet;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.Capability.Right;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StoreId;
import cloud.stasis.model.VolumeId;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/// Lets workers move bytes, each for a while and for one purpose.
public final class Grants {
    /// As long as a large upload takes. A command that is sent again carries a new one.
    private static final Duration STORE_LIFE = Duration.ofHours(12);

    private static final Duration HOST_LIFE = Duration.ofMinutes(1);

    private final Capability.Key key;
    private final Fleet fleet;
    private final StoreId store;
    private final URI standardStore;

    /// @param standardStore where the store is until it has been heard of
    public Grants(Capability.Key key, Fleet fleet, StoreId store, URI standardStore) {
        this.key = key;
        this.fleet = fleet;
        this.store = store;
        this.standardStore = standardStore;
    }

    /// To fetch what an instance starts from.
    public StoreGrant toRead(InstanceId instance) {
        return grant(Set.of(Right.STORE_READ), instance.toString());
    }

    /// To fetch what a volume begins with.
    public StoreGrant toRead(VolumeId volume) {
        return grant(Set.of(Right.STORE_READ), volume.toString());
    }

    /// To put what becomes a bundle, and to fetch what it builds on.
    public StoreGrant toWrite(ReferenceName reference) {
        return grant(Set.of(Right.STORE_READ, Right.STORE_WRITE), reference.toString());
    }

    /// To read the console log of an instance from its host.
    public String toReadConsole(InstanceId instance) {
        return key.grant(Set.of(Right.CONSOLE_READ), instance.toString(), HOST_LIFE);
    }

    /// To ask its host how an instance is.
    public String toReadInstance(InstanceId instance) {
        return key.grant(Set.of(Right.INSTANCE_READ), instance.toString(), HOST_LIFE);
    }

    private StoreGrant grant(Set<Right> rights, String subject) {
        return new StoreGrant(fleet.dataOf(store).orElse(standardStore), key.grant(rights, subject, STORE_LIFE));
    }
}
