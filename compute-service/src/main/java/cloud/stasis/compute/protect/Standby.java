package cloud.stasis.compute.protect;

import cloud.stasis.compute.protect.Epochs.Encoding;
import cloud.stasis.compute.protect.StandbyRecord.Life;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.StateFile;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One standby.
///
/// ```
///  N.part    comes, in pieces
///  N.redo    verified and absolute, on the disk: epoch N is complete, and acknowledged
///            applied to the replica
///  durable   once the replica itself is on the disk, in standby.json; then the redo file goes
/// ```
///
/// A crash anywhere: what is only a `.part` is sent again; every `.redo` behind `durable` is applied again, in
/// order. An epoch that is whole does the same: until all of it is durable the replica is that of the last complete
/// one.
///
/// One piece at a time is taken; the others wait. What is there is told at once, also while an epoch is verified.
final class Standby {
    private static final Logger LOG = Logger.getLogger(Standby.class);

    /// One piece of an epoch: small epochs travel in one.
    static final int MAX_PIECE = 8 << 20;

    /// The largest epoch that is taken: disks and RAM as a whole, as they are.
    private static final ByteCount MAX_EPOCH = ByteCount.ofGib(16 * 1024L);

    /// Redo files are kept until the replica is on the disk. Epochs come meanwhile, but not more than so many.
    private static final int REDO_FILES = 32;

    /// How long the replica is left alone in between. What is not on the disk yet a take-over has to wait for.
    private static final Duration SETTLE_AFTER = Duration.ofSeconds(1);

    /// The answer to a last piece waits this long for its epoch: most are complete by then, and a large one is asked
    /// for again.
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /// Whoever takes over or discards waits this long for an epoch that is being verified.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path directory;
    private final EpochFiles epochs;
    private final Replica replica;
    private final FreeSpace space;
    private final StateFile<StandbyRecord> file;
    private final AtomicReference<@Nullable StandbyTask> verification = new AtomicReference<>();
    private final AtomicReference<@Nullable StandbyTask> settling = new AtomicReference<>();
    private volatile StandbyRecord state;
    private volatile Coming coming = Coming.NOTHING;
    private volatile long complete;
    private volatile Instant completeAt;
    private volatile ByteCount received = ByteCount.ZERO;
    private volatile @Nullable EpochHeader applied;
    private volatile long settledAt = System.nanoTime();

    /// @param epoch that is on its way; 0 if none
    /// @param bytes of it that are there
    private record Coming(long epoch, long bytes) {
        static final Coming NOTHING = new Coming(0, 0);
    }

    private Standby(Path directory, Path ram, FreeSpace space, StandbyRecord state) {
        this.directory = directory;
        this.epochs = new EpochFiles(directory);
        this.replica = new Replica(directory.resolve("replica"), ram);
        this.space = space;
        this.file = file(directory);
        this.state = state;
        this.complete = state.durable();
        this.completeAt = state.at().orElse(state.since());
    }

    private static StateFile<StandbyRecord> file(Path directory) {
        return new StateFile<>(directory.resolve("standby.json"), StandbyRecord.class);
    }

    static Optional<StandbyRecord> record(Path directory) {
        return file(directory).read();
    }

    /// Makes one, or opens the one that is there and applies what a former process did not.
    static Standby open(Path directory, Path ram, FreeSpace space, StandbyRecord fresh) {
        HostFiles.closedDirectory(directory);
        Standby standby = new Standby(directory, ram, space, record(directory).orElse(fresh));
        HostFiles.directory(directory.resolve("replica"));
        standby.file.write(standby.state);
        standby.recover();
        return standby;
    }

    private void recover() {
        replayAll();
        epochs.forgetUnfinished();
        epochs.parts().stream().findFirst().ifPresent(epoch -> coming = new Coming(epoch, epochs.received(epoch)));
    }

    /// Epochs that are complete, and of which the replica has a part at the most.
    private List<Long> unapplied() {
        return epochs.redos().stream().filter(epoch -> epoch > complete).toList();
    }

    private void replayAll() {
        unapplied().forEach(this::replay);
    }

    StandbyRecord record() {
        return state;
    }

    /// @throws StasisException what the last epoch failed with, once
    StandbyState state() {
        Coming there = coming;
        boolean verifies = !awaitVerified(Duration.ZERO);
        return new StandbyState(complete, there.epoch(), there.bytes(), verifies, state.life() == Life.TAKEN);
    }

    /// Takes one piece of an epoch; with the last one the epoch becomes complete, if it is a large one some time after
    /// the answer. A piece that came before may come again, and a first one begins anew. While an epoch is verified
    /// nothing is taken.
    ///
    /// @throws StasisException `WRONG_STATE` if another piece or epoch is expected, which [#state] tells
    StandbyState receive(long epoch, long offset, long total, InputStream body) {
        if (awaitVerified(Duration.ZERO)) {
            takePiece(epoch, offset, total, body);
            awaitVerified(ANSWER);
        }
        return state();
    }

    /// @return false if it takes longer
    private boolean awaitVerified(Duration patience) {
        StandbyTask now = verification.get();
        if (now == null) {
            return true;
        }
        boolean ended = true;
        try {
            ended = now.await(patience);
            return ended;
        } finally {
            if (ended) {
                verification.compareAndSet(now, null);
            }
        }
    }

    private synchronized void takePiece(long epoch, long offset, long total, InputStream body) {
        requireReceiving();
        if (epoch <= complete || verification.get() != null) {
            return;
        }
        if (total < 1 || total > MAX_EPOCH.bytes() || offset < 0 || offset >= total) {
            throw Epochs.malformed("its length is out of bounds");
        }
        if (!unapplied().isEmpty()) {
            // Applying one failed. Until it is done differences cannot be made absolute.
            verification.set(StandbyTask.begin("epoch-" + epoch, this::replayAll));
            return;
        }
        if (offset > epochs.received(epoch)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the standby expects another piece");
        }
        // One at a time: what came of another one is not wanted any more.
        epochs.forgetParts(other -> other != epoch);
        space.require(ByteCount.ofBytes(Math.min(total - offset, MAX_PIECE)));
        long there;
        try {
            there = append(epochs.part(epoch), offset, total, body);
        } finally {
            coming = new Coming(epoch, epochs.received(epoch));
        }
        received = received.plus(ByteCount.ofBytes(there - offset));
        if (there == total) {
            verification.set(StandbyTask.begin("epoch-" + epoch, () -> complete(epoch)));
        }
    }

    private void requireReceiving() {
        if (state.life() == Life.TAKEN) {
            throw new StasisException(ErrorCode.STALE_GENERATION, "the standby has taken over");
        }
    }

    private static long append(Path part, long offset, long total, InputStream body) {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            channel.truncate(offset);
            byte[] buffer = new byte[Epochs.MAX_PIECE];
            long at = offset;
            while (true) {
                int length = body.readNBytes(buffer, 0, buffer.length);
                if (length == 0) {
                    return at;
                }
                if (at + length > total || at + length - offset > MAX_PIECE) {
                    throw Epochs.malformed("it is longer than it was said to be");
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
            }
        } catch (IOException e) {
            throw HostFiles.failure("take a piece of an epoch", e);
        }
    }

    private void complete(long epoch) {
        try {
            makeAbsolute(epoch);
        } finally {
            // Whatever it was, it is not sent once more from where it ended.
            epochs.forgetParts(known -> known == epoch);
            coming = Coming.NOTHING;
        }
        replay(epoch);
        if (complete - state.durable() >= REDO_FILES) {
            settle();
        } else if (System.nanoTime() - settledAt > SETTLE_AFTER.toNanos()) {
            settleMeanwhile();
        }
    }

    private void settleMeanwhile() {
        StandbyTask former = settling.get();
        if (former != null && !former.isDone()) {
            return;
        }
        settling.set(StandbyTask.begin("settles", () -> {
            try {
                settle();
            } catch (StasisException e) {
                // It is tried again with a later epoch, whose failure is heard.
                LOG.warnf(e, "A standby could not be made durable instanceId=%s", state.instance());
            }
        }));
    }

    private void makeAbsolute(long epoch) {
        Path part = epochs.part(epoch);
        Path unfinished = epochs.unfinished(epoch);
        try (EpochReader reader = EpochReader.open(part)) {
            EpochHeader header = reader.header();
            requireNext(epoch, header);
            boolean builds = header.pages() == EpochHeader.Extent.CHANGED;
            try (FileChannel ram = FileChannel.open(builds ? replica.ram() : part, StandardOpenOption.READ);
                    EpochWriter writer = EpochWriter.create(unfinished, header, Encoding.PLAIN)) {
                reader.read(new AbsoluteEpoch(writer, space, ram, builds));
                writer.end();
                writer.force();
            }
            epochs.keep(epoch);
        } catch (UncheckedIOException e) {
            throw HostFiles.failure("keep an epoch", Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw HostFiles.failure("keep an epoch", e);
        }
    }

    private void requireNext(long epoch, EpochHeader header) {
        if (header.epoch() != epoch
                || !header.protection().equals(state.protection())
                || !header.instance().equals(state.instance())) {
            throw Epochs.malformed("it is another one than it was sent as");
        }
        if (header.base() != 0 && header.base() != complete || header.base() == 0 && !header.isWhole()) {
            throw Epochs.malformed("it is a difference to an epoch that is not the last one here");
        }
        EpochHeader last = applied;
        if (header.base() != 0 && last != null && !shape(last).equals(shape(header))) {
            throw Epochs.malformed("its machine has another shape");
        }
    }

    private static Object shape(EpochHeader header) {
        return List.of(
                header.ram(),
                header.disks().stream()
                        .map(disk -> List.of(disk.target(), disk.size()))
                        .toList());
    }

    private void replay(long epoch) {
        replica.apply(epochs.redo(epoch));
        try (EpochReader reader = EpochReader.open(epochs.redo(epoch))) {
            applied = reader.header();
            completeAt = reader.header().at();
        }
        complete = epoch;
    }

    /// The replica itself is made durable, and redo files go. Epochs may be applied meanwhile.
    void settle() {
        synchronized (settling) {
            EpochHeader last = applied;
            if (last == null || state.durable() >= last.epoch()) {
                return;
            }
            replica.force(last);
            store(state.with(last.epoch(), last.at()));
            epochs.forgetRedos(known -> known <= last.epoch());
            settledAt = System.nanoTime();
        }
    }

    /// From here on nothing is received. Repeatable.
    ///
    /// @return what the instance goes on from
    /// @throws StasisException `STANDBY_NOT_COMPLETE`; `STANDBY_UNAVAILABLE` if it will be in a while
    synchronized Takeable take() {
        awaitRest();
        replayAll();
        if (complete == 0) {
            throw new StasisException(
                    ErrorCode.STANDBY_NOT_COMPLETE, "no epoch of the instance is complete on its standby");
        }
        settle();
        store(state.taken());
        try {
            Machine machine = DeviceArchive.readStrictly(Files.readAllBytes(replica.machine()));
            return new Takeable(complete, completeAt, machine, replica);
        } catch (IOException e) {
            throw HostFiles.failure("read what the standby is", e);
        }
    }

    /// A replica that is at rest.
    record Takeable(long epoch, Instant at, Machine machine, Replica replica) {}

    /// @throws StasisException `STANDBY_UNAVAILABLE` if an epoch is still being verified
    private void awaitRest() {
        try {
            if (awaitVerified(PATIENCE)) {
                return;
            }
        } catch (StasisException e) {
            LOG.warnf(e, "The last epoch of a standby is not one instanceId=%s", state.instance());
            return;
        }
        throw new StasisException(ErrorCode.STANDBY_UNAVAILABLE, "a large epoch is being made part of the standby");
    }

    synchronized void discard() {
        StandbyTask now = verification.get();
        if (now != null) {
            now.interrupt();
        }
        awaitRest();
        synchronized (settling) {
            store(state.taken());
            applied = null;
            replica.delete();
            HostFiles.deleteTree(directory);
        }
    }

    /// @param now by the clock of this host
    ProtectionStatus status(Instant now) {
        Duration age = Duration.between(completeAt, now);
        return new ProtectionStatus(
                state.protection(),
                state.instance(),
                ProtectionStatus.Role.STANDBY,
                complete == 0 ? ProtectionStatus.Health.SYNCING : ProtectionStatus.Health.PROTECTED,
                complete,
                completeAt,
                Duration.ZERO,
                Duration.ZERO,
                received,
                age.compareTo(Duration.ofMinutes(1)) > 0
                        ? Optional.of("the last epoch is " + age.toSeconds() + " s old")
                        : Optional.empty());
    }

    private void store(StandbyRecord next) {
        file.write(next);
        state = next;
    }
}
