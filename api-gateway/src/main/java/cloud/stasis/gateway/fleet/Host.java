package cloud.stasis.gateway.fleet;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.HostId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A host as it last told.
///
/// @param captures how it reads the disks of running machines, if it tells
/// @param cpu what its guests see if nothing else is said, if it tells
/// @param data where bytes such as console logs are read
/// @param service what operators say of it
public record Host(
        HostId id,
        URI data,
        String hypervisor,
        String virtType,
        int vcpus,
        ByteCount memory,
        ByteCount diskTotal,
        ByteCount diskFree,
        Optional<CaptureStrategy> captures,
        Optional<Cpu> cpu,
        Service service,
        Instant firstSeen,
        Instant lastSeen) {
    /// Several heartbeats may be lost before a host counts as silent.
    public static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

    /// Of three heartbeats: a host that was silent for that long may be stopping.
    static final Duration LATE = Duration.ofSeconds(6);

    /// @param takesServers whether new servers may come to it; those that are there stay
    /// @param reason why they may not
    /// @param forcedDown it counts as silent, whatever is heard of it
    public record Service(boolean takesServers, Optional<String> reason, boolean forcedDown) {
        public Service enabled() {
            return new Service(true, Optional.empty(), forcedDown);
        }

        public Service disabled(Optional<String> because) {
            return new Service(false, because, forcedDown);
        }

        public Service forcedDown(boolean down) {
            return new Service(takesServers, reason, down);
        }
    }

    public Host serving(Service next) {
        return new Host(
                id,
                data,
                hypervisor,
                virtType,
                vcpus,
                memory,
                diskTotal,
                diskFree,
                captures,
                cpu,
                next,
                firstSeen,
                lastSeen);
    }

    public boolean isAlive(Instant now) {
        return !service.forcedDown() && lastSeen.plus(SILENCE_LIMIT).isAfter(now);
    }

    /// It may be on its way down, though it still counts as alive.
    boolean isLate(Instant now) {
        return lastSeen.plus(LATE).isBefore(now);
    }
}
