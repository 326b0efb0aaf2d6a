package cloud.stasis.gateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.Cpu.Feature;
import cloud.stasis.model.Cpu.Presence;
import cloud.stasis.model.Digest;
import cloud.stasis.model.HostId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Where the memory of a guest that ran by KVM goes on.
class VerdictTest {
    private static final Cpu EPYC =
            new Cpu("EPYC", List.of(new Feature("umip", Presence.THERE), new Feature("sha-ni", Presence.NOT_THERE)));
    private static final Cpu OLDER = new Cpu("EPYC", List.of(new Feature("sha-ni", Presence.NOT_THERE)));

    @Test
    void whereTheCpuHasAllThatTheGuestSaw() {
        assertThat(Verdict.ofPlatform(taken(Optional.of(EPYC)), host(Optional.of(EPYC)), false))
                .isEmpty();
        assertThat(Verdict.ofPlatform(taken(Optional.of(OLDER)), host(Optional.of(EPYC)), false))
                .isEmpty();
    }

    @Test
    void notWhereItLacksSomething() {
        assertThat(Verdict.ofPlatform(taken(Optional.of(EPYC)), host(Optional.of(OLDER)), false))
                .hasValue("The guest's CPU was EPYC, the host's is EPYC and lacks umip.");
    }

    @Test
    void whereNothingIsKnownOnlyWhereItWasTaken() {
        assertThat(Verdict.ofPlatform(taken(Optional.empty()), host(Optional.of(EPYC)), false))
                .isPresent();
        assertThat(Verdict.ofPlatform(taken(Optional.of(EPYC)), host(Optional.empty()), false))
                .isPresent();
        assertThat(Verdict.ofPlatform(taken(Optional.empty()), host(Optional.empty()), true))
                .isEmpty();
    }

    private static Host host(Optional<Cpu> cpu) {
        return new Host(
                new HostId("host-2"),
                URI.create("http://host-2.example:5802"),
                "QEMU 7.2.22, libvirt 9.0.0",
                "kvm",
                8,
                ByteCount.ofGib(32),
                ByteCount.ofGib(500),
                ByteCount.ofGib(400),
                Optional.empty(),
                cpu,
                new Host.Service(true, Optional.empty(), false),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static Snapshot taken(Optional<Cpu> cpu) {
        Content content = new Content(new IndexId(new Digest(1, 2, 3, 4)), ByteCount.ofMib(256));
        Receipt receipt = new Receipt(
                        "memory-fast",
                        Quiesce.PREFER,
                        Consistency.MEMORY,
                        Duration.ZERO,
                        Duration.ofMillis(100),
                        "not asked",
                        "QEMU 7.2.22, libvirt 9.0.0, pc-i440fx-7.2, kvm",
                        List.of())
                .seeing(cpu);
        InstanceId server = InstanceId.random();
        Manifest manifest = new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.SNAPSHOT,
                Optional.of(server),
                Instant.EPOCH,
                Optional.empty(),
                List.of(new Part.Memory(Part.MemoryFormat.RAM_IMAGE, content)),
                Optional.of(receipt),
                Map.of());
        return new Snapshot(
                SnapshotId.random(),
                new ProjectId("project"),
                new UserId("user"),
                server,
                "taken",
                new Snapshot.Asked(MemoryChoice.WITH_MEMORY, Quiesce.PREFER),
                new SnapshotState.Available(),
                Optional.empty(),
                new InstanceSpec("web", 1, ByteCount.ofMib(256), new Boot.FromDisk(), List.of()),
                Optional.of(new Snapshot.SealedBundle(new ManifestId(new Digest(5, 6, 7, 8)), manifest)),
                new Snapshot.OnRequest(),
                Snapshot.Protection.NONE,
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
