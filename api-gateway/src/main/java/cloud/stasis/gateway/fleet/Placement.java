package cloud.stasis.gateway.fleet;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Decides which host takes an instance and which backend takes a volume. Pure.
public final class Placement {
    /// vCPUs that share one processor: guests are idle most of the time.
    static final int VCPUS_PER_PROCESSOR = 16;

    /// Memory is never promised twice: a guest that the host kills is worse than one that does not start.
    private static final Comparator<Candidate> MOST_FREE_MEMORY = Comparator.comparing(Candidate::freeMemory)
            .reversed()
            .thenComparing(candidate -> candidate.host().id().value());

    private Placement() {}

    /// The living host that takes servers, with the most free memory, that can take `need`. One that is late with its
    /// heartbeats comes after those that are not: what is placed on a host that stops waits until it is back.
    ///
    /// @param loads what instances take already; a host that is not named is empty
    /// @throws StasisException `NO_VALID_HOST`
    public static Host host(List<Host> hosts, Map<HostId, Load> loads, Load need, Instant now) {
        return hosts.stream()
                .filter(host -> host.isAlive(now) && host.service().takesServers())
                .map(host -> new Candidate(host, loads.getOrDefault(host.id(), Load.NONE)))
                .filter(candidate -> candidate.fits(need))
                .min(Comparator.comparing(
                                (Candidate candidate) -> candidate.host().isLate(now))
                        .thenComparing(MOST_FREE_MEMORY))
                .map(Candidate::host)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.NO_VALID_HOST,
                        "No valid host was found. There are not enough hosts available that can take " + need.vcpus()
                                + " vCPUs and " + need.memory().mibRoundedUp() + " MiB."));
    }

    /// Whether a host has room for `need` beside what instances take already.
    public static boolean fits(Host host, Load load, Load need) {
        return new Candidate(host, load).fits(need);
    }

    /// Whether a host can open volumes of a backend: where hosts have backends of their own, those of its own only.
    public static boolean reaches(List<Backend> backends, HostId host, BackendId backend) {
        boolean ownsBackend =
                backends.stream().anyMatch(known -> known.id().value().equals(host.value()));
        return !ownsBackend || backend.value().equals(host.value());
    }

    /// The living backend with the most free space. A blank volume takes none yet, so `size` is only wished for.
    public static BackendId backend(List<Backend> backends, ByteCount size, Instant now) {
        return backends.stream()
                .filter(backend -> backend.isAlive(now))
                .max(Comparator.comparing((Backend backend) -> backend.free().compareTo(size) >= 0)
                        .thenComparing(Backend::free))
                .map(Backend::id)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.NO_VALID_HOST, "No storage backend is available. Try again later."));
    }

    private record Candidate(Host host, Load load) {
        ByteCount freeMemory() {
            return load.memory().compareTo(host.memory()) < 0 ? host.memory().minus(load.memory()) : ByteCount.ZERO;
        }

        boolean fits(Load need) {
            return need.memory().compareTo(freeMemory()) <= 0
                    && load.vcpus() + need.vcpus() <= host.vcpus() * VCPUS_PER_PROCESSOR;
        }
    }
}
