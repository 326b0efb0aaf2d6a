package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.compute.hypervisor.simulated.Faults;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureDisksTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new SimulatedHost(directory);
        id = host.boot();
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void firstCaptureReadsOnlyWhatTheGuestWrote() {
        write(ROOT, 3, 77);
        write(DATA, 5, 78);

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
        assertThat(host.disk(captured, DATA)).isEqualTo(host.guest(id).read(DATA, 0, size()));
        assertThat(captured.receipt().transfers()).allSatisfy(transfer -> {
            assertThat(transfer.mode()).isEqualTo(Receipt.Mode.INCREMENTAL);
            assertThat(transfer.read()).isEqualTo(ByteCount.ofBytes(BLOCK));
        });
        assertThat(captured.receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
    }

    @Test
    void captureShowsTheInstantAndNotWhatFollowed() {
        write(ROOT, 3, 1);
        byte[] instant = host.guest(id).read(ROOT, 0, size());
        host.storeSeenAs(store -> {
            write(ROOT, 3, 2);
            write(ROOT, 4, 2);
            return store;
        });

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(host.disk(captured, ROOT)).isEqualTo(instant);
        host.storeSeenAs(store -> store);
        assertThat(host.disk(host.captureSealed(id), ROOT))
                .isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void sealedCaptureIsWhatTheNextOneBuildsOn() {
        write(ROOT, 3, 1);
        host.captureSealed(id);
        write(ROOT, 9, 2);

        CommandResult.Captured second = host.captureSealed(id);

        assertThat(transfer(second, ROOT).read()).isEqualTo(ByteCount.ofBytes(BLOCK));
        assertThat(transfer(second, DATA).read()).isEqualTo(ByteCount.ZERO);
        assertThat(host.disk(second, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
        assertThat(host.hypervisor.history().checkpoints(id)).hasSize(1);
    }

    @Test
    void abandonedCaptureLeavesNothing() {
        write(ROOT, 3, 1);
        UUID capture = UUID.randomUUID();
        var before = host.hypervisor.history().checkpoints(id);
        host.capture(id, capture, Quiesce.PREFER);

        host.settle(id, capture, Settlement.ABANDONED);
        host.settle(id, capture, Settlement.ABANDONED);

        assertThat(host.hypervisor.history().checkpoints(id)).isEqualTo(before);
        assertThat(host.instance(id).lineage().pending()).isEmpty();
        assertThat(transfer(host.captureSealed(id), ROOT).read()).isEqualTo(ByteCount.ofBytes(BLOCK));
    }

    @Test
    void captureThatIsSealedLateDoesNotReplaceANewerOne() {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        write(ROOT, 1, 1);
        host.capture(id, first, Quiesce.NONE);
        write(ROOT, 2, 2);
        host.capture(id, second, Quiesce.NONE);

        host.settle(id, second, Settlement.SEALED);
        host.settle(id, first, Settlement.SEALED);
        write(ROOT, 3, 3);

        CommandResult.Captured third = host.captureSealed(id);
        assertThat(transfer(third, ROOT).read()).isEqualTo(ByteCount.ofBytes(BLOCK));
        assertThat(host.disk(third, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void onlyTheDisksNamedAreCaptured() {
        write(DATA, 1, 1);
        UUID capture = UUID.randomUUID();

        CommandResult.Captured captured = (CommandResult.Captured)
                host.handle(new ComputeCommand.CaptureDisks(id, capture, List.of(DATA), Quiesce.PREFER, GRANT));
        host.settle(id, capture, Settlement.SEALED);

        assertThat(captured.parts()).singleElement().isInstanceOf(Part.Disk.class);
        assertThat(transfer(host.captureSealed(id), DATA).read()).isEqualTo(ByteCount.ZERO);
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> host.handle(new ComputeCommand.CaptureDisks(
                        id, capture, List.of(new DeviceName("vdz")), Quiesce.PREFER, GRANT)));
    }

    @Test
    void machineThatCrashedIsReadFromItsLayersAndNotInWhole() {
        write(ROOT, 3, 1);
        host.captureSealed(id);
        write(ROOT, 4, 2);
        host.guest(id).crash();
        assertThat(host.state(id)).isEqualTo(PowerState.CRASHED);
        host.power(id, PowerAction.START);

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(transfer(captured, ROOT).mode()).isEqualTo(Receipt.Mode.INCREMENTAL);
        assertThat(transfer(captured, ROOT).read()).isEqualTo(ByteCount.ofBytes(2L * BLOCK));
        assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void recordsThatAreLostMeanAFullReadAndTheReceiptSaysWhy() {
        write(ROOT, 3, 1);
        host.hypervisor.history().checkpoints(id).forEach(checkpoint -> host.hypervisor
                .history()
                .forget(id, checkpoint, List.of()));

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(transfer(captured, ROOT).mode()).isEqualTo(Receipt.Mode.FULL);
        assertThat(transfer(captured, ROOT).reason()).contains("incomplete");
        assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
        assertThat(transfer(host.captureSealed(id), ROOT).mode()).isEqualTo(Receipt.Mode.INCREMENTAL);
    }

    @Test
    void baseThatIsGoneFromTheStoreMeansAFullRead() {
        write(ROOT, 3, 1);
        host.storeSeenAs(store -> new WithoutBases(store));

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(transfer(captured, ROOT).mode()).isEqualTo(Receipt.Mode.FULL);
        assertThat(transfer(captured, ROOT).reason()).contains("gone from the store");
        assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void stoppedMachineIsReadOnceAndKnownFromThenOn() {
        write(ROOT, 3, 1);
        byte[] expected = host.guest(id).read(ROOT, 0, size());
        host.power(id, PowerAction.STOP);

        CommandResult.Captured first = host.captureSealed(id);
        CommandResult.Captured second = host.captureSealed(id);

        assertThat(first.receipt().reached()).isEqualTo(Consistency.OFFLINE);
        assertThat(host.disk(first, ROOT)).isEqualTo(expected);
        assertThat(transfer(second, ROOT).read()).isEqualTo(ByteCount.ZERO);
        host.power(id, PowerAction.START);
        write(ROOT, 7, 2);
        assertThat(transfer(host.captureSealed(id), ROOT).read()).isEqualTo(ByteCount.ofBytes(BLOCK));
    }

    @Test
    void captureOfAStoppedMachineThatStartedBeforeItWasSealedIsNotTakenForItsState() {
        write(ROOT, 3, 1);
        host.power(id, PowerAction.STOP);
        UUID capture = UUID.randomUUID();
        host.capture(id, capture, Quiesce.PREFER);
        host.power(id, PowerAction.START);
        write(ROOT, 4, 2);

        host.settle(id, capture, Settlement.SEALED);
        host.power(id, PowerAction.STOP);

        assertThat(host.disk(host.captureSealed(id), ROOT)[4 * BLOCK]).isEqualTo((byte) 2);
    }

    @Test
    void requiredConsistencyIsRefusedBeforeAnythingIsTouched() {
        host.hypervisor.faults().agent(Faults.Agent.ABSENT);

        assertRefused(ErrorCode.QUIESCE_REQUIRED, () -> host.capture(id, UUID.randomUUID(), Quiesce.REQUIRE));

        assertUntouched();
        CommandResult.Captured preferred = host.captureSealed(id);
        assertThat(preferred.receipt().reached()).isEqualTo(Consistency.CRASH);
        assertThat(preferred.receipt().guestAgent()).contains("no guest agent");
    }

    @Test
    void guestThatHangsInTheFreezeIsThawed() {
        host.hypervisor.faults().agent(Faults.Agent.HANGS);

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.CRASH);
        assertUntouched();
    }

    @Test
    void guestThatThawsByItselfIsCrashConsistentOrRefused() {
        host.hypervisor.faults().agent(Faults.Agent.THAWS_EARLY);

        assertRefused(ErrorCode.QUIESCE_REQUIRED, () -> host.capture(id, UUID.randomUUID(), Quiesce.REQUIRE));

        assertUntouched();
        assertThat(host.captureSealed(id).receipt().reached()).isEqualTo(Consistency.CRASH);
    }

    @Test
    void pausedGuestIsNotAskedToFreeze() {
        write(ROOT, 3, 1);
        host.power(id, PowerAction.PAUSE);

        CommandResult.Captured captured = host.captureSealed(id);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.CRASH);
        assertThat(host.state(id)).isEqualTo(PowerState.PAUSED);
        assertRefused(ErrorCode.QUIESCE_REQUIRED, () -> host.capture(id, UUID.randomUUID(), Quiesce.REQUIRE));
    }

    @Test
    void captureThatFailsLeavesNothing() {
        host.hypervisor
                .faults()
                .export(Optional.of(new StasisException(ErrorCode.NO_SPACE, "the host's disk is full")));

        assertRefused(ErrorCode.NO_SPACE, () -> host.capture(id, UUID.randomUUID(), Quiesce.PREFER));

        assertUntouched();
    }

    @Test
    void captureWhoseUploadFailsLeavesNothing() {
        write(ROOT, 3, 1);
        host.storeSeenAs(store -> new Unreachable(store));

        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> host.capture(id, UUID.randomUUID(), Quiesce.PREFER));

        assertUntouched();
    }

    private void assertUntouched() {
        assertThat(host.guest(id).isFrozen()).isFalse();
        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(host.hypervisor.history().isExporting(id)).isFalse();
        assertThat(host.hypervisor.history().checkpoints(id))
                .isEqualTo(host.instance(id).lineage().checkpoints());
        assertThat(host.instance(id).lineage().pending()).isEmpty();
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                .isEqualTo(code));
    }

    private static Receipt.Transfer transfer(CommandResult.Captured captured, DeviceName disk) {
        return captured.receipt().transfers().stream()
                .filter(transfer -> transfer.part().equals(disk.value()))
                .findFirst()
                .orElseThrow();
    }

    private void write(DeviceName disk, int block, int value) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) value);
        host.guest(id).write(disk, (long) block * BLOCK, bytes);
    }

    private static int size() {
        return (int) SimulatedHost.SIZE.bytes();
    }

    /// A store that lost what captures build on.
    private record WithoutBases(ContentStore store) implements ContentStore {
        @Override
        public UploadResult upload(
                ContentSource source, Content base, List<Extent> changed, TransferListener listener) {
            if (!base.index().digest().isZero()) {
                throw new StasisException(ErrorCode.MISSING_OBJECT, "a chunk is not there");
            }
            return store.upload(source, base, changed, listener);
        }

        @Override
        public void download(Content content, Path file, TransferListener listener) {
            store.download(content, file, listener);
        }

        @Override
        public void read(Content content, long offset, ByteBuffer into) {
            store.read(content, offset, into);
        }

        @Override
        public byte[] small(Content content, ByteCount limit) {
            return store.small(content, limit);
        }

        @Override
        public void hold(Content content) {
            store.hold(content);
        }
    }

    private record Unreachable(ContentStore store) implements ContentStore {
        @Override
        public UploadResult upload(
                ContentSource source, Content base, List<Extent> changed, TransferListener listener) {
            throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the store does not answer");
        }

        @Override
        public void download(Content content, Path file, TransferListener listener) {
            store.download(content, file, listener);
        }

        @Override
        public void read(Content content, long offset, ByteBuffer into) {
            store.read(content, offset, into);
        }

        @Override
        public byte[] small(Content content, ByteCount limit) {
            return store.small(content, limit);
        }

        @Override
        public void hold(Content content) {
            store.hold(content);
        }
    }
}
