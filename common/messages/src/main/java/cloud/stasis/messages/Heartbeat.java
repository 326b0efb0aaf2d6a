package cloud.stasis.messages;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StoreId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A worker says that it is there, what it can and how much it has. Sent every few seconds; a worker that is
/// silent for longer than the gateway's deadline gets no new work.
public sealed interface Heartbeat extends Message {
    Instant at();

    /// @param data where the gateway reads bytes such as console logs
    /// @param captures how it reads the disks of running machines; older agents do not tell
    /// @param cpu what its guests see if nothing else is said; empty if it is not known by name, or if an older
    /// agent does not tell
    /// @param hypervisor name and version, as `QEMU 7.2.22`
    /// @param protections that this host is one side of; older agents do not tell
    record Host(
            HostId host,
            Instant at,
            URI data,
            String hypervisor,
            String virtType,
            int vcpus,
            ByteCount memory,
            ByteCount diskTotal,
            ByteCount diskFree,
            Optional<CaptureStrategy> captures,
            Optional<Cpu> cpu,
            Optional<List<ProtectionStatus>> protections)
            implements Heartbeat {
        /// More are not told of; a host that keeps as many keeps nothing else.
        public static final int MAX_PROTECTIONS = 500;

        public Host {
            protections = protections.map(all -> List.copyOf(all.subList(0, Math.min(all.size(), MAX_PROTECTIONS))));
        }

        /// Of a host that tells of no protections.
        public Host(
                HostId host,
                Instant at,
                URI data,
                String hypervisor,
                String virtType,
                int vcpus,
                ByteCount memory,
                ByteCount diskTotal,
                ByteCount diskFree,
                Optional<CaptureStrategy> captures,
                Optional<Cpu> cpu) {
            this(
                    host,
                    at,
                    data,
                    hypervisor,
                    virtType,
                    vcpus,
                    memory,
                    diskTotal,
                    diskFree,
                    captures,
                    cpu,
                    Optional.empty());
        }
    }

    /// @param name by which types of volumes choose it
    /// @param loose disks in its directory that are no volumes; older services tell neither
    record Backend(
            BackendId backend,
            Instant at,
            ByteCount total,
            ByteCount free,
            Optional<String> name,
            Optional<List<LooseFile>> loose)
            implements Heartbeat {
        public Backend {
            loose = loose.map(List::copyOf);
        }
    }

    record Store(StoreId store, Instant at, URI data, ByteCount free) implements Heartbeat {}
}
