package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.util.Optional;

/// Whether servers may, and can, become larger where they are. What they have already is not asked for again.
public final class Growth {
    private final Quotas quotas;
    private final Fleet fleet;
    private final Instances instances;

    public Growth(Quotas quotas, Fleet fleet, Instances instances) {
        this.quotas = quotas;
        this.fleet = fleet;
        this.instances = instances;
    }

    /// Within a transaction that has locked the project ([Quotas#lock]), then the instance. Locks the hosts if the
    /// instance becomes larger.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`; `INVALID_REQUEST` if its host has no room
    public void require(Instance instance, Load next) {
        Load more = next.beyond(instance.load());
        if (more.isNone()) {
            return;
        }
        quotas.require(instance.project(), more.resources());
        HostId host = instance.host().orElseThrow();
        boolean fits = fleet.lockHosts().stream()
                .filter(known -> known.id().equals(host))
                .anyMatch(known -> fits(known, more));
        if (!fits) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "No valid host was found. " + withoutRoom(more));
        }
    }

    /// As things are now: why the instance cannot become as large as that on its host.
    public Optional<String> hindrance(Instance instance, Load next, Host host) {
        Load more = next.beyond(instance.load());
        if (more.isNone()) {
            return Optional.empty();
        }
        return quotas.hindrance(instance.project(), more.resources())
                .or(() -> fits(host, more) ? Optional.empty() : Optional.of(withoutRoom(more)));
    }

    private boolean fits(Host host, Load more) {
        return Placement.fits(host, instances.loads().getOrDefault(host.id(), Load.NONE), more);
    }

    private static String withoutRoom(Load more) {
        return "The server's host has no room for " + more.vcpus() + " vCPUs and "
                + more.memory().mibRoundedUp() + " MiB more.";
    }
}
