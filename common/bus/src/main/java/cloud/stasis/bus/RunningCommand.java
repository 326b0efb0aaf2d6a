package cloud.stasis.bus;

import cloud.stasis.messages.Fact;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Phase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A command that is queued or being carried out: how far it is, and whether it shall stop.
final class RunningCommand implements CommandContext {
    /// Enough for a progress bar, little enough for the bus.
    private static final Duration MIN_BETWEEN_PROGRESS = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(RunningCommand.class);

    private final JournalEntry entry;
    private final FactPublisher facts;
    private final Clock clock;
    private volatile int attempt;
    private volatile boolean cancelled;
    private Fact.@Nullable Answer last;
    private Instant lastPublished = Instant.EPOCH;
    private final Deque<Runnable> left = new ConcurrentLinkedDeque<>();

    RunningCommand(JournalEntry entry, FactPublisher facts, Clock clock) {
        this.entry = entry;
        this.facts = facts;
        this.clock = clock;
        this.attempt = entry.attempts();
    }

    @Override
    public CommandId id() {
        return new CommandId(entry.command().id());
    }

    @Override
    public int attempt() {
        return attempt;
    }

    void begun(int newAttempt) {
        attempt = newAttempt;
    }

    void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public synchronized void progress(Phase phase, ByteCount done, ByteCount total) {
        var fact = new Fact.CommandProgressed(entry.command().payload().key(), id(), phase, done, total);
        boolean newPhase = !(last instanceof Fact.CommandProgressed before) || before.phase() != phase;
        last = fact;
        if (newPhase || Duration.between(lastPublished, clock.instant()).compareTo(MIN_BETWEEN_PROGRESS) >= 0) {
            publish(fact);
        }
    }

    /// It has ended and the outcome is being told; whoever asks in the meantime hears it too.
    synchronized void ended(Fact.Answer outcome) {
        last = outcome;
    }

    @Override
    public void afterwards(Runnable work) {
        left.add(work);
    }

    /// The outcome was told.
    void finish() {
        for (Runnable work = left.poll(); work != null; work = left.poll()) {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warnf(e, "Something is left undone until the next start commandId=%s", id());
            }
        }
    }

    /// Answers someone who asks whether this is still going on.
    synchronized void tellAgain() {
        if (last != null) {
            publish(last);
        } else {
            publish(new Fact.CommandAccepted(entry.command().payload().key(), id()));
        }
    }

    private void publish(Fact fact) {
        lastPublished = clock.instant();
        facts.tell(fact, entry.command().requestId());
    }
}
