package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.CommandResult.Cure;
import cloud.stasis.messages.CommandResult.Examined;
import cloud.stasis.messages.CommandResult.Finding;
import cloud.stasis.messages.CommandResult.Outcome;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Expected;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each kind of difference is planted, seen and, if that is safe, mended.
class DoctorTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;
    private SnapshotId kept;

    @BeforeEach
    void boot() {
        host = SimulatedHost.withRamInFiles(directory);
        id = host.boot();
        kept = SnapshotId.random();
        host.snapshot(id, kept, MemoryChoice.WITH_MEMORY);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void healthyHostIsClean() {
        InstanceId stopped = host.boot();
        host.power(stopped, PowerAction.STOP);

        assertThat(examined(
                        Mending.NONE, expected(id, PowerState.RUNNING, kept), expected(stopped, PowerState.STOPPED)))
                .isEmpty();
    }

    @Test
    void strangersAreNamedAndLeftAlone() throws IOException {
        InstanceId stranger = host.boot();
        InstanceId busy = host.boot();
        InstanceId bodiless = host.boot();
        host.power(bodiless, PowerAction.STOP);
        HostFiles.deleteTree(host.instance(bodiless).directory().path());
        InstanceId gone = InstanceId.random();

        List<Finding> findings = ((Examined) host.handle(new ComputeCommand.Examine(
                        InstanceId.random(),
                        List.of(expected(id, PowerState.RUNNING, kept), expected(gone, PowerState.RUNNING)),
                        List.of(busy),
                        Mending.SAFE)))
                .findings();

        assertThat(findings)
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder("instance " + stranger, "instance " + bodiless, "instance " + gone);
        assertThat(findings).allSatisfy(finding -> assertThat(finding.cure()).isEqualTo(Cure.BY_HAND));
        assertThat(host.state(stranger)).isEqualTo(PowerState.RUNNING);
        assertThat(host.hypervisor.domains().find(bodiless)).isPresent();
    }

    @Test
    void machineThatLibvirtForgotIsDefinedAnew() {
        host.power(id, PowerAction.STOP);
        host.hypervisor.domains().remove(id);

        assertMended("libvirt does not know it", expected(id, PowerState.STOPPED, kept));
        host.power(id, PowerAction.START);
        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
    }

    @Test
    void lostLayersAndContentsAreNamed() {
        host.power(id, PowerAction.STOP);
        Instance instance = host.instance(id);
        HostFiles.delete(instance.disk(DATA).activeFile());
        instance.disk(ROOT)
                .grounds()
                .forEach(content ->
                        HostFiles.delete(host.host.instances().layout().baseFile(content)));

        assertThat(examined(Mending.SAFE, expected(id, PowerState.STOPPED, kept)))
                .extracting(Finding::difference)
                .anyMatch(said -> said.startsWith("layer vdb/") && said.endsWith("is gone"))
                .anyMatch(said -> said.startsWith("the content") && said.endsWith("below vda is gone"));
    }

    @Test
    void diskThatWritesElsewhereIsNamed() {
        host.power(id, PowerAction.STOP);
        Instance instance = host.instance(id);
        MachineFiles files = instance.files();
        Map<DeviceName, Path> other = new TreeMap<>(files.disks());
        other.put(DATA, files.disks().get(ROOT));
        host.hypervisor.domains().define(instance.machine(), files.withDisks(other));

        assertThat(examined(Mending.SAFE, expected(id, PowerState.STOPPED, kept)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.difference()).startsWith("vdb writes to");
                    assertThat(finding.cure()).isEqualTo(Cure.BY_HAND);
                });
    }

    @Test
    void copyOfASnapshotThatIsNoMoreIsDiscarded() {
        assertMended("copy of snapshot " + kept, expected(id, PowerState.RUNNING));

        assertThat(host.instance(id).directory().snapshots()).isEmpty();
    }

    /// An order that is sent again names what there was when it was given first.
    @Test
    void copyThatIsNotInTheStoreYetIsKept() {
        host.guest(id).poke(0, new byte[] {1});
        SnapshotId safety = SnapshotId.random();
        SnapshotId there = SnapshotId.random();
        CommandResult.Captured of = host.snapshot(id, there, MemoryChoice.WITH_MEMORY);
        host.guest(id).poke(0, new byte[] {2});
        host.revertSafely(id, there, of, MemoryChoice.DISKS_ONLY, AfterRevert.RUNNING, safety);

        assertThat(examined(Mending.SAFE, expected(id, PowerState.RUNNING)))
                .extracting(Finding::difference)
                .noneMatch(said -> said.contains(safety.toString()));

        CommandResult.Captured captured = host.keep(id, safety);
        host.revert(id, safety, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertThat(host.guest(id).memory()[0]).isEqualTo((byte) 2);
        assertMended("copy of snapshot " + safety, expected(id, PowerState.RUNNING));
    }

    @Test
    void whatWasInterruptedIsEnded() throws Exception {
        host.hypervisor.history().mark(id, CheckpointName.fresh(), Set.of(DATA));
        host.hypervisor.guests().freeze(id);
        host.instance(id).begin(new Intent.Freezing(host.host.watchdog().handle()));
        Files.createFile(host.instance(id).directory().path().resolve("vdb.scratch"));
        Files.createFile(host.instance(id).directory().disk(DATA).resolve("99.layer"));

        List<Finding> findings = examined(Mending.SAFE, expected(id, PowerState.RUNNING, kept));

        assertThat(findings)
                .extracting(Finding::plan)
                .anyMatch(plan -> plan.contains("thaw"))
                .anyMatch(plan -> plan.contains("scratch"))
                .anyMatch(plan -> plan.contains("99.layer"))
                .anyMatch(plan -> plan.contains("checkpoints"));
        assertThat(findings).extracting(Finding::outcome).containsOnly(Outcome.MENDED);
        assertThat(examined(Mending.NONE, expected(id, PowerState.RUNNING, kept)))
                .isEmpty();
        assertThat(host.guest(id).isFrozen()).isFalse();
    }

    @Test
    void powerThatTheTablesHaveWrongIsTold() {
        host.facts.clear();

        assertThat(examined(Mending.NONE, expected(id, PowerState.STOPPED, kept)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.difference()).contains("RUNNING", "STOPPED"));
    }

    private void assertMended(String difference, Expected expected) {
        assertThat(examined(Mending.NONE, expected)).singleElement().satisfies(finding -> {
            assertThat(finding.difference()).contains(difference);
            assertThat(finding.cure()).isEqualTo(Cure.SAFE);
            assertThat(finding.outcome()).isEqualTo(Outcome.FOUND);
        });
        assertThat(examined(Mending.SAFE, expected)).singleElement().satisfies(finding -> assertThat(finding.outcome())
                .isEqualTo(Outcome.MENDED));
        assertThat(examined(Mending.NONE, expected)).isEmpty();
    }

    private List<Finding> examined(Mending mending, Expected... expected) {
        Examined examined = (Examined)
                host.handle(new ComputeCommand.Examine(InstanceId.random(), List.of(expected), List.of(), mending));
        return examined.findings();
    }

    private static Expected expected(InstanceId id, PowerState power, SnapshotId... snapshots) {
        return new Expected(id, Optional.of(power), List.of(snapshots));
    }
}
