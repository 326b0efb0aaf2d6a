package cloud.stasis.compute.protect;

import cloud.stasis.compute.protect.EpochTaker.Taken;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.Content;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Sends epochs in their order and hears what is acknowledged. A link that was lost is tried until it is back, and
/// goes on with the piece that it was lost in. Renews the lease of the guest whenever the standby answers, and asks
/// it for nothing but that when there is nothing to send.
final class EpochSender implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EpochSender.class);

    private static final Duration ASK_AFTER = Duration.ofSeconds(3);
    private static final Duration TRY_AGAIN_AFTER = Duration.ofMillis(250);

    /// An epoch may be this many intervals old before its protection is called late.
    private static final int LATE_INTERVALS = 5;

    private static final Duration LATE = Duration.ofSeconds(15);

    private final ProtectedInstance instance;
    private final Outbox outbox;
    private final StandbyLink link;
    private final LongConsumer onAcknowledged;
    private final Thread thread;
    private volatile long acknowledged;
    private volatile Instant acknowledgedAt;
    private volatile long sent;
    private volatile boolean ended;
    private volatile boolean refused;
    private volatile boolean wantsAnother;
    private volatile @Nullable String trouble;

    /// @param onAcknowledged told of each epoch, by the thread of this sender
    EpochSender(ProtectedInstance instance, Outbox outbox, StandbyLink link, LongConsumer onAcknowledged) {
        this.instance = instance;
        this.outbox = outbox;
        this.link = link;
        this.onAcknowledged = onAcknowledged;
        this.acknowledgedAt = instance.now();
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("epochs-" + instance.id().toString().substring(0, 8))
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    long acknowledged() {
        return acknowledged;
    }

    /// The instant of that epoch.
    Instant acknowledgedAt() {
        return acknowledgedAt;
    }

    long sent() {
        return sent;
    }

    /// Whether the standby will never take an epoch again.
    boolean isRefused() {
        return refused;
    }

    /// Whether the standby could not make anything of what it was sent: the next epoch builds on what it has. Told
    /// once.
    boolean wantsAnother() {
        boolean wanted = wantsAnother;
        wantsAnother = false;
        return wanted;
    }

    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    Duration patience(Duration interval) {
        Duration some = interval.multipliedBy(LATE_INTERVALS);
        return some.compareTo(LATE) > 0 ? some : LATE;
    }

    StandbyState state() {
        return heard(link.state());
    }

    private void run() {
        while (!ended) {
            try {
                Optional<Taken> next = outbox.next(ASK_AFTER.toMillis());
                if (next.isPresent()) {
                    send(next.get());
                } else {
                    state();
                }
                trouble = null;
            } catch (StasisException e) {
                if (!ended) {
                    failed(e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void failed(StasisException e) {
        if (trouble == null) {
            LOG.warnf(
                    e, "An epoch could not be sent, it is tried again instanceId=%s code=%s", instance.id(), e.code());
        }
        trouble = e.report().message();
        switch (e.code()) {
            case STALE_GENERATION, PROTECTION_NOT_FOUND -> refused = true;
            case MALFORMED_OBJECT -> {
                outbox.clear();
                wantsAnother = true;
            }
            default -> {}
        }
        try {
            Thread.sleep(TRY_AGAIN_AFTER);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Taken taken) throws InterruptedException {
        StandbyState there = StandbyState.NOTHING;
        if (trouble != null) {
            there = state();
        }
        try (FileChannel file = FileChannel.open(taken.file(), StandardOpenOption.READ)) {
            while (there.epoch() < taken.epoch()) {
                if (there.verifying()) {
                    trouble = null;
                    Thread.sleep(TRY_AGAIN_AFTER);
                    there = state();
                    continue;
                }
                // A standby that died while it verified has all of it: the last byte tells it to begin again.
                long offset = there.receiving() == taken.epoch() ? Math.min(there.received(), taken.bytes() - 1) : 0;
                ByteBuffer piece = piece(file, offset);
                there = heard(link.send(taken.epoch(), offset, taken.bytes(), piece));
                sent += piece.limit();
            }
        } catch (java.nio.file.NoSuchFileException e) {
            // It was given up in between.
            return;
        } catch (IOException e) {
            throw HostFiles.failure("read an epoch", e);
        }
        acknowledged = Math.max(acknowledged, there.epoch());
        acknowledgedAt = taken.at();
        outbox.acknowledged(there.epoch());
        onAcknowledged.accept(there.epoch());
    }

    private static ByteBuffer piece(FileChannel file, long offset) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(Standby.MAX_PIECE, file.size() - offset));
        while (piece.hasRemaining() && file.read(piece, offset + piece.position()) >= 0) {
            // Until it is full.
        }
        return piece.flip();
    }

    /// Sends what the standby lacks of a file that the machine starts from.
    void bring(Content content, Path from) {
        long total = content.size().bytes();
        long offset = link.hasOf(content.index(), total);
        try (FileChannel file = FileChannel.open(from, StandardOpenOption.READ)) {
            while (offset < total) {
                ByteBuffer piece = piece(file, offset);
                link.send(content.index(), offset, total, piece);
                instance.renewLease();
                offset += piece.limit();
            }
        } catch (IOException e) {
            throw HostFiles.failure("read a content", e);
        }
    }

    private StandbyState heard(StandbyState there) {
        if (there.taken()) {
            refused = true;
            instance.standDown();
        } else {
            instance.renewLease();
        }
        return there;
    }

    @Override
    public void close() {
        ended = true;
        thread.interrupt();
    }
}
