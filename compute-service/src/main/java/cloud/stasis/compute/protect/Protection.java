package cloud.stasis.compute.protect;

import cloud.stasis.compute.hypervisor.LiveInstants.Output;
import cloud.stasis.compute.hypervisor.LiveInstants.Series;
import cloud.stasis.compute.protect.EpochTaker.After;
import cloud.stasis.compute.protect.EpochTaker.Basis;
import cloud.stasis.compute.protect.EpochTaker.Taken;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One protection at its source: takes epochs, at its pace, for as long as the instance is on.
///
/// ```
///  begins anew      asks the standby what it has; disks since then if that was recorded, everything if not
///  goes on          the same process with the same disks: as a difference to the epoch before
///  at rest          a command has the instance
/// ```
///
/// Whatever fails, the guest is let go on and the protection begins anew by itself: the hypervisor still has
/// recorded what was written to the disks since the last epoch that is safe.
final class Protection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Protection.class);

    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(1);
    /// A command that waits for an epoch to be taken longer than this makes it begin anew.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration ROOM_POLL = Duration.ofMillis(200);

    private final ProtectedInstance instance;
    private final Outbox outbox = new Outbox();
    private final EpochSender sender;
    private final Progress progress;
    private final Semaphore turn = new Semaphore(1, true);
    private final AtomicLong covering = new AtomicLong(Long.MAX_VALUE);
    private final Pauses pauses = new Pauses();
    private final Thread thread;
    private volatile ProtectionSettings settings;
    private volatile Pace pace;
    private volatile boolean ended;
    /// Whether a command does not wait for the end of an epoch.
    private volatile boolean hurried;

    private volatile @Nullable EpochTaker taker;
    private volatile Instant next = Instant.MIN;
    private @Nullable Object identity;
    /// Whoever uses a series that another thread may close holds it.
    private final Object using = new Object();

    private boolean rests;
    private boolean hasWaited;
    private long last;

    Protection(ProtectedInstance instance, ProtectionSettings settings, StandbyLink link) {
        this.instance = instance;
        this.settings = settings;
        this.pace = Pace.of(settings.interval());
        this.sender = new EpochSender(instance, outbox, link, this::acknowledged);
        this.progress = new Progress(instance, sender);
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("protection-" + instance.id().toString().substring(0, 8))
                .unstarted(this::run);
    }

    void start() {
        sender.start();
        thread.start();
    }

    /// The next epoch is taken at once and by the new settings.
    void change(ProtectionSettings other) {
        boolean sameOutput = other.output() == settings.output();
        settings = other;
        pace = Pace.of(other.interval());
        next = Instant.MIN;
        if (!sameOutput) {
            // The series is opened again with the other one.
            rest();
            goOn();
        }
    }

    private void run() {
        while (!ended) {
            try {
                turn.acquire();
                try {
                    step();
                } finally {
                    turn.release();
                }
                awaitNext();
            } catch (InterruptedException e) {
                // A command is in a hurry, or it has ended.
                Thread.interrupted();
            }
        }
    }

    private void step() {
        if (ended || !isDue()) {
            return;
        }
        try {
            if (sender.isRefused()) {
                throw new StasisException(ErrorCode.STALE_GENERATION, "the standby does not take epochs any more");
            }
            if (sender.wantsAnother()) {
                drop();
            }
            EpochTaker now = taker;
            if (now == null) {
                begin();
            } else {
                take(now, After.GOES_ON);
            }
            progress.goesWell();
        } catch (RuntimeException e) {
            if (ended) {
                return;
            }
            if (hurried) {
                progress.failed("something else was done to the instance");
                LOG.debugf(e, "A protection begins anew instanceId=%s", instance.id());
            } else {
                String why = e instanceof StasisException known ? known.report().message() : "it failed";
                progress.failed(why);
                LOG.warnf(e, "A protection begins anew instanceId=%s why=%s", instance.id(), why);
            }
            Thread.interrupted();
            drop();
            next = instance.now().plus(TRY_AGAIN_AFTER);
        }
    }

    private boolean isDue() {
        if (instance.now().isBefore(next)) {
            return false;
        }
        if (outbox.hasRoom()) {
            return true;
        }
        // Once for each epoch: a link that is lost for long says nothing of how fast it is.
        if (!hasWaited) {
            hasWaited = true;
            pace = pace.waited();
        }
        return false;
    }

    private void awaitNext() throws InterruptedException {
        long millis = Duration.between(instance.now(), next.equals(Instant.MIN) ? instance.now() : next)
                .toMillis();
        if (millis > 0) {
            synchronized (this) {
                wait(Math.min(millis, TRY_AGAIN_AFTER.toMillis()));
            }
        } else {
            outbox.awaitRoom(ROOM_POLL.toMillis());
        }
    }

    /// @return what takes epochs from here on; the first one does not need the epoch before
    private EpochTaker begin() {
        StandbyState there = sender.state();
        if (there.taken()) {
            throw new StasisException(ErrorCode.STALE_GENERATION, "the standby has taken over");
        }
        instance.bringContents(sender);
        outbox.clear();
        Series series = instance.open(output());
        try {
            boolean recorded = there.epoch() > 0 && series.recorded().contains(there.epoch());
            if (!recorded) {
                series.forgetBefore(Long.MAX_VALUE);
            }
            last = Math.max(
                    there.epoch(),
                    series.recorded().isEmpty() ? 0 : series.recorded().last());
            EpochTaker begun = instance.taker(series);
            taker = begun;
            identity = series.identity();
            progress.beginsWith(last + 1);
            take(
                    begun,
                    After.GOES_ON,
                    recorded
                            ? new Basis(there.epoch(), Optional.of(there.epoch()), EpochHeader.Extent.WHOLE)
                            : Basis.NOTHING);
            return begun;
        } catch (RuntimeException e) {
            if (taker == null) {
                series.close();
            }
            throw e;
        }
    }

    private Output output() {
        return switch (settings.output()) {
            case HELD -> Output.HELD;
            case FREE -> Output.FREE;
        };
    }

    private Taken take(EpochTaker from, After after) {
        return take(from, after, new Basis(last, Optional.of(last), EpochHeader.Extent.CHANGED));
    }

    private Taken take(EpochTaker from, After after, Basis basis) {
        Instant begun = instance.now();
        from.series().forgetBefore(Math.min(sender.acknowledged(), last));
        Taken taken = from.take(last + 1, basis, after);
        last = taken.epoch();
        hasWaited = false;
        pauses.add(taken.paused());
        pace = pace.took(taken.paused());
        next = begun.plus(pace.inForce());
        if (taken.covers()) {
            covering.set(taken.epoch());
        }
        outbox.add(taken);
        LOG.debugf(
                "Took an epoch instanceId=%s epoch=%d base=%d bytes=%d paused=%s took=%s",
                instance.id(),
                taken.epoch(),
                basis.base(),
                taken.bytes(),
                taken.paused(),
                Duration.between(begun, instance.now()));
        return taken;
    }

    /// By the sender.
    private void acknowledged(long epoch) {
        synchronized (this) {
            notifyAll();
        }
        synchronized (using) {
            EpochTaker now = taker;
            if (now == null || rests || epoch < covering.get()) {
                return;
            }
            covering.set(Long.MAX_VALUE);
            try {
                now.series().letOut();
            } catch (StasisException e) {
                LOG.debugf(e, "The output of an instance is let out later instanceId=%s", instance.id());
            }
        }
    }

    /// Nothing is done to the instance from here on until [#goOn]; what it sends is not held meanwhile.
    void rest() {
        try {
            if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                hurried = true;
                thread.interrupt();
                turn.acquire();
                hurried = false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while a protection comes to rest", e);
        }
        synchronized (using) {
            rests = true;
            EpochTaker now = taker;
            if (now != null) {
                release(now);
                now.series().close();
            }
        }
    }

    private void release(EpochTaker now) {
        try {
            if (output() == Output.HELD) {
                now.series().release();
            }
        } catch (StasisException e) {
            LOG.debugf(e, "The output of an instance is not held any more instanceId=%s", instance.id());
        }
    }

    /// The protection goes on with an instance that is as it was, or begins anew.
    void goOn() {
        try {
            reopen();
        } finally {
            next = Instant.MIN;
            synchronized (using) {
                rests = false;
            }
            turn.release();
            synchronized (this) {
                notifyAll();
            }
        }
    }

    private void reopen() {
        EpochTaker now = taker;
        if (now == null || ended) {
            return;
        }
        Series again = null;
        try {
            again = instance.open(output());
            if (again.identity().equals(identity) && again.recorded().contains(last)) {
                now.goOnWith(again);
                return;
            }
        } catch (StasisException e) {
            LOG.debugf(e, "A protection begins anew instanceId=%s", instance.id());
        }
        if (again != null) {
            now.goOnWith(again);
        }
        drop();
    }

    private void drop() {
        synchronized (using) {
            EpochTaker now = taker;
            taker = null;
            covering.set(Long.MAX_VALUE);
            if (now != null) {
                now.close();
            }
        }
    }

    /// As [Progress#awaitWhole].
    void awaitProtected(Runnable pulse) {
        progress.awaitWhole(pulse);
    }

    /// Takes the last epoch of an instance, which does not run any more afterwards unless this fails.
    ///
    /// @return the epoch, once it is on the standby
    long takeLast(Duration deadline) {
        turn.acquireUninterruptibly();
        boolean stands = false;
        try {
            EpochTaker now = taker == null ? begin() : taker;
            take(now, After.GOES_ON);
            progress.awaitAcknowledged(last, deadline);
            stands = true;
            take(now, After.STANDS_STILL);
            progress.awaitAcknowledged(last, deadline);
            stands = false;
            return last;
        } finally {
            if (stands) {
                instance.letGoOn();
            }
            turn.release();
        }
    }

    ProtectionStatus status() {
        return progress.status(pace.inForce(), pauses.median());
    }

    /// Ends here; the instance goes on. What the hypervisor recorded for it goes, and what it sends is not held.
    void end() {
        close();
        instance.forget();
    }

    /// Ends in this process.
    @Override
    public void close() {
        ended = true;
        thread.interrupt();
        sender.close();
        turn.acquireUninterruptibly();
        try {
            drop();
            outbox.clear();
        } finally {
            turn.release();
        }
        instance.close();
    }
}
