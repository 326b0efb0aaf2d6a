package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A clone is another machine from the first moment on: nothing that either does reaches the other.
class CloneInstanceTest {
    private static final SnapshotId SNAPSHOT = SnapshotId.random();

    @TempDir(factory = FastDirectory.class)
    Path directory;

    private final InstanceId clone = InstanceId.random();
    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = SimulatedHost.withRamInFiles(directory);
        id = host.boot();
        put(id, 1);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void cloneWithMemoryGoesOnWhereTheSnapshotWasTakenAndTheOtherGoesOnToo() {
        ComputeCommand.CloneInstance command = command(MemoryChoice.WITH_MEMORY, ResumeState.RUNNING, Identity.KEEP);
        put(id, 2);

        host.handle(command);

        assertAt(clone, 1);
        assertAt(id, 2);
        put(clone, 3);
        assertAt(id, 2);
        assertThat(host.state(clone)).isEqualTo(PowerState.RUNNING);
        assertThat(host.instance(clone).directory().born()).doesNotExist();
        assertThat(host.disk(host.captureSealed(clone), ROOT))
                .isEqualTo(host.guest(clone).read(ROOT, 0, size()));
        assertThat(host.disk(host.captureSealed(id), ROOT))
                .isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void cloneOutlivesItsOrigin() {
        ComputeCommand.CloneInstance command = command(MemoryChoice.WITH_MEMORY, ResumeState.PAUSED, Identity.KEEP);
        host.handle(command);

        host.handle(new ComputeCommand.DiscardSnapshot(id, SNAPSHOT));
        host.handle(new ComputeCommand.DeleteInstance(id));

        assertThat(host.state(clone)).isEqualTo(PowerState.PAUSED);
        host.power(clone, PowerAction.UNPAUSE);
        assertAt(clone, 1);
        host.power(clone, PowerAction.REBOOT_HARD);
        assertThat(host.guest(clone).read(DATA, 0, 1)).containsExactly(1);
    }

    @Test
    void cloneIsMadeFromTheStoreAlone() {
        ComputeCommand.CloneInstance command = command(MemoryChoice.WITH_MEMORY, ResumeState.RUNNING, Identity.KEEP);
        host.handle(new ComputeCommand.DeleteInstance(id));

        host.handle(command);

        assertAt(clone, 1);
    }

    @Test
    void devicesStayInTheirPlacesAndSerialsFollowTheIdentity() {
        Machine origin = host.instance(id).machine();
        host.handle(command(MemoryChoice.DISKS_ONLY, ResumeState.RUNNING, Identity.REGENERATE));

        Machine cloned = host.instance(clone).machine();

        assertThat(cloned.machineType()).isEqualTo(origin.machineType());
        assertThat(cloned.instance()).isEqualTo(clone);
        for (int at = 0; at < origin.disks().size(); at++) {
            assertThat(cloned.disks().get(at).address())
                    .isEqualTo(origin.disks().get(at).address());
            assertThat(cloned.disks().get(at).serial())
                    .isNotEqualTo(origin.disks().get(at).serial());
        }
        assertThat(host.guest(clone).memory()).containsOnly(0);
        assertThat(host.guest(clone).read(ROOT, 0, 1)).containsExactly(1);
    }

    @Test
    void whatIsAskedTwiceIsDoneOnce() {
        ComputeCommand.CloneInstance command = command(MemoryChoice.WITH_MEMORY, ResumeState.RUNNING, Identity.KEEP);
        host.handle(command);
        put(clone, 4);
        host.handle(command);
        assertAt(clone, 4);

        host.power(clone, PowerAction.STOP);
        CommandResult again = host.handle(command);

        assertThat(again).isEqualTo(new CommandResult.Observed(PowerState.STOPPED));
    }

    @Test
    void cloneThatDoesNotStartLeavesNothing() {
        ComputeCommand.CloneInstance command = command(MemoryChoice.WITH_MEMORY, ResumeState.RUNNING, Identity.KEEP);
        host.hypervisor.faults().nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "no such machine type"));

        assertThatThrownBy(() -> host.handle(command)).isInstanceOf(StasisException.class);

        assertThat(host.host.instances().layout().known()).containsExactly(id);
        assertThat(host.hypervisor.domains().find(clone)).isEmpty();
        assertAt(id, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcpus", "memory", "boot"})
    void archiveOfAnotherMachineThanTheSnapshotSaysIsRefused(String what) {
        ComputeCommand.CloneInstance honest = command(MemoryChoice.WITH_MEMORY, ResumeState.RUNNING, Identity.KEEP);
        List<Part> parts = new ArrayList<>(honest.parts());
        parts.replaceAll(part -> part instanceof Part.DeviceArchive archive ? forged(archive, what) : part);
        ComputeCommand.CloneInstance hostile = new ComputeCommand.CloneInstance(
                clone, honest.spec(), id, SNAPSHOT, parts, honest.memory(), honest.resume(), honest.identity(), GRANT);

        assertThatThrownBy(() -> host.handle(hostile))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.MALFORMED_OBJECT));

        assertThat(host.host.instances().layout().known()).containsExactly(id);
        assertThat(host.hypervisor.domains().find(clone)).isEmpty();
    }

    private Part forged(Part.DeviceArchive archive, String what) {
        try {
            ObjectNode machine = (ObjectNode)
                    MessageCodec.mapper().readTree(host.store.small(archive.content(), ByteCount.ofMib(1)));
            switch (what) {
                case "vcpus" -> machine.put("vcpus", 64);
                case "memory" -> machine.put("memory", ByteCount.ofGib(64).bytes());
                default -> machine.set("boot", kernelOfSomebodyElse());
            }
            return new Part.DeviceArchive(host.upload(MessageCodec.mapper().writeValueAsBytes(machine)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode kernelOfSomebodyElse() throws IOException {
        Boot kernel = new Boot.FromKernel(host.upload(new byte[BLOCK]), Optional.empty(), "");
        return MessageCodec.mapper()
                .readTree(MessageCodec.mapper().writerFor(Boot.class).writeValueAsBytes(kernel));
    }

    private ComputeCommand.CloneInstance command(MemoryChoice memory, ResumeState resume, Identity identity) {
        CommandResult.Captured captured = host.snapshot(id, SNAPSHOT, MemoryChoice.WITH_MEMORY);
        return new ComputeCommand.CloneInstance(
                clone,
                SimulatedHost.cloneSpec(host.instance(id).spec().spec(), captured.parts()),
                id,
                SNAPSHOT,
                captured.parts(),
                memory,
                resume,
                identity,
                GRANT);
    }

    private void put(InstanceId instance, int number) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) number);
        host.guest(instance).poke(0, new byte[] {(byte) number});
        host.guest(instance).write(ROOT, 0, bytes);
        host.guest(instance).write(DATA, 0, bytes);
    }

    private void assertAt(InstanceId instance, int number) {
        assertThat(host.guest(instance).memory()[0]).as("memory").isEqualTo((byte) number);
        for (DeviceName disk : List.of(ROOT, DATA)) {
            assertThat(host.guest(instance).read(disk, 0, 1)).as("disk " + disk).containsExactly(number);
        }
    }

    private static int size() {
        return (int) SimulatedHost.SIZE.bytes();
    }
}
