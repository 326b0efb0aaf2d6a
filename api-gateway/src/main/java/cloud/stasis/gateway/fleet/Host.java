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
        Instant firstSeen,
        Instant lastSeen) {
    /// Several heartbeats may be lost before a host counts as silent.
    public static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

    public boolean isAlive(Instant now) {
        return lastSeen.plus(SILENCE_LIMIT).isAfter(now);
    }
}
