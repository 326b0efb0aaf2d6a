package cloud.stasis.bus;

import cloud.stasis.messages.Command;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// Carries commands out: once in effect, in order per key, answering every time it is asked. A command of several
/// keys waits for all of them and holds up all of them. The life of a command is drawn in the package description.
/// Safe on any thread.
public final class CommandWorker<C extends Command> implements AutoCloseable {
    /// Commands accepted and not finished. When it is reached [#submit] waits, and so does the Kafka consumer:
    /// the rest waits on the bus, where it belongs.
    public static final int MAX_PENDING = 1000;

    /// Keys worked on side by side. Platform threads: handlers call native code, which would pin a virtual
    /// thread's carrier.
    public static final int MAX_THREADS = 16;

    /// In the log's context while a command is carried out: the API request that led to it.
    static final String REQUEST_ID = "requestId";

    private static final Duration TELL_AGAIN_AFTER = Duration.ofSeconds(3);
    /// Well under the 30 s that Kubernetes leaves a process before it kills it.
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(CommandWorker.class);

    private final Class<C> kind;
    private final CommandHandler<C> handler;
    private final CommandJournal journal;
    private final FactPublisher facts;
    private final Clock clock;
    private final AtomicLong sequence;
    private final Semaphore pending = new Semaphore(MAX_PENDING);
    private final Map<String, Deque<JournalEntry>> queues = new HashMap<>();
    private final Map<CommandId, RunningCommand> active = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService teller;

    public CommandWorker(
            Class<C> kind, CommandHandler<C> handler, CommandJournal journal, FactPublisher facts, Clock clock) {
        this.kind = kind;
        this.handler = handler;
        this.journal = journal;
        this.facts = facts;
        this.clock = clock;
        this.sequence = new AtomicLong(clock.millis());
        this.threads = new ThreadPoolExecutor(
                MAX_THREADS,
                MAX_THREADS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("command-", 0).factory());
        this.threads.allowCoreThreadTimeOut(true);
        this.teller = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("fact-teller").factory());
    }

    /// Takes up what a former process left: tells outcomes that were not told, and carries unfinished commands
    /// out again, in the order in which they came. Called once, after reconciliation and before the first
    /// [#submit].
    public void recover() {
        for (JournalEntry entry : journal.unfinished()) {
            if (entry.outcome().isPresent()) {
                tell(entry);
            } else if (pending.tryAcquire()) {
                LOG.infof(
                        "Taking up an unfinished command commandId=%s",
                        entry.command().id());
                enqueue(entry);
            }
        }
    }

    /// Accepts a command. Returns when it is in the journal; it is carried out later. A command that is known
    /// already is answered with what is known. Waits while too many are pending.
    public void submit(Envelope<Command> command) throws InterruptedException {
        if (command.payload() instanceof ComputeCommand.CancelCommand cancel) {
            cancel(cancel.command());
            return;
        }
        if (command.payload() instanceof ImageCommand.CancelWork cancel) {
            cancel(cancel.command());
            return;
        }
        CommandId id = new CommandId(command.id());
        RunningCommand running = active.get(id);
        if (running != null) {
            running.tellAgain();
            return;
        }
        Optional<JournalEntry> known = journal.find(id);
        if (known.isPresent() && known.get().outcome().isPresent()) {
            tell(known.get());
            return;
        }
        pending.acquire();
        JournalEntry entry =
                known.orElseGet(() -> new JournalEntry(command, sequence.incrementAndGet(), 0, Optional.empty()));
        try {
            journal.write(entry);
        } catch (RuntimeException e) {
            pending.release();
            throw e;
        }
        facts.tell(new Fact.CommandAccepted(command.payload().key(), id), command.requestId());
        enqueue(entry);
    }

    /// Asks the handler of `command` to stop. No effect on a command that is not known or has ended.
    public void cancel(CommandId command) {
        RunningCommand running = active.get(command);
        if (running != null) {
            running.cancel();
        }
    }

    /// Interrupts what is being carried out and waits for it, at most [#CLOSE_WITHIN]. What did not succeed by
    /// then stays unfinished in the journal, as after a kill: the next start takes it up.
    @Override
    public void close() {
        threads.shutdownNow();
        teller.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Some commands did not stop in time, they are taken up at the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void enqueue(JournalEntry entry) {
        active.put(new CommandId(entry.command().id()), new RunningCommand(entry, facts, clock));
        synchronized (queues) {
            keys(entry).forEach(key -> queues.computeIfAbsent(key, ignored -> new ArrayDeque<>())
                    .add(entry));
            if (!isNext(entry)) {
                return;
            }
        }
        threads.execute(() -> work(entry));
    }

    private static Set<String> keys(JournalEntry entry) {
        return Set.copyOf(entry.command().payload().keys());
    }

    /// Whether nothing stands before it in any of its queues. Since a command enters all of them at once, two
    /// never wait for each other.
    private boolean isNext(JournalEntry entry) {
        return keys(entry).stream().allMatch(key -> {
            Deque<JournalEntry> queue = queues.get(key);
            return queue != null && queue.peek() == entry;
        });
    }

    private void work(JournalEntry first) {
        Optional<JournalEntry> current = Optional.of(first);
        while (current.isPresent() && !threads.isShutdown()) {
            JournalEntry entry = current.get();
            MDC.put(REQUEST_ID, entry.command().requestId());
            try {
                carryOut(entry);
            } catch (RuntimeException e) {
                // The journal still has the command as unfinished: the next start takes it up.
                LOG.errorf(
                        e,
                        "A command could not be recorded commandId=%s",
                        entry.command().id());
            } finally {
                MDC.remove(REQUEST_ID);
                pending.release();
                current = hereafter(dequeue(entry));
            }
        }
    }

    /// Takes a command that has ended out of its queues.
    ///
    /// @return those that can begin now
    private List<JournalEntry> dequeue(JournalEntry ended) {
        List<JournalEntry> next = new ArrayList<>();
        synchronized (queues) {
            for (String key : keys(ended)) {
                Deque<JournalEntry> queue = queues.get(key);
                if (queue == null) {
                    continue;
                }
                queue.remove();
                JournalEntry head = queue.peek();
                if (head == null) {
                    queues.remove(key);
                } else if (isNext(head)) {
                    next.add(head);
                }
            }
        }
        return next;
    }

    /// One goes on here, the others on threads of their own.
    private Optional<JournalEntry> hereafter(List<JournalEntry> ready) {
        if (threads.isShutdown() || ready.isEmpty()) {
            return Optional.empty();
        }
        try {
            ready.subList(1, ready.size()).forEach(entry -> threads.execute(() -> work(entry)));
        } catch (RejectedExecutionException e) {
            LOG.debug("Commands wait for the next start, this worker is being closed", e);
        }
        return Optional.of(ready.getFirst());
    }

    private void carryOut(JournalEntry accepted) {
        CommandId id = new CommandId(accepted.command().id());
        RunningCommand context = active.computeIfAbsent(id, ignored -> new RunningCommand(accepted, facts, clock));
        try {
            carryOut(accepted.begun(), context);
        } finally {
            context.finish();
            active.remove(id, context);
        }
    }

    private void carryOut(JournalEntry entry, RunningCommand context) {
        CommandId id = context.id();
        journal.write(entry);
        context.begun(entry.attempts());
        Fact.Answer answer = answer(entry, context);
        if (answer instanceof Fact.CommandFailed && threads.isShutdown()) {
            LOG.infof("A command was interrupted, the next start takes it up commandId=%s", id);
            return;
        }
        if (answer instanceof Fact.CommandFailed failed
                && failed.error().code().kind().isRetryable()) {
            // Forgotten before it is told: whoever hears of the failure may ask for the command again at once,
            // and whoever asked a moment earlier hears of it too.
            journal.forget(id);
            active.remove(id, context);
            publishQuietly(failed, entry.command().requestId());
            return;
        }
        JournalEntry ended = entry.ended(answer);
        journal.write(ended);
        context.ended(answer);
        tell(ended);
    }

    private Fact.Answer answer(JournalEntry entry, RunningCommand context) {
        Command command = entry.command().payload();
        CommandId id = context.id();
        try {
            context.checkCancelled();
            CommandResult result = handler.handle(kind.cast(command), context);
            return new Fact.CommandDone(command.key(), id, result);
        } catch (StasisException e) {
            LOG.warnf(e, "A command failed commandId=%s key=%s code=%s", id, command.key(), e.code());
            return new Fact.CommandFailed(command.key(), id, e.report());
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "A command failed unexpectedly commandId=%s key=%s", id, command.key());
            return new Fact.CommandFailed(command.key(), id, ErrorReport.of(e));
        }
    }

    /// Publishes an outcome and marks it told; while the bus is away, again and again in the background.
    private void tell(JournalEntry entry) {
        Fact.Answer outcome = entry.outcome().orElseThrow();
        try {
            facts.publish(outcome, entry.command().requestId());
            journal.markTold(outcome.command());
        } catch (StasisException e) {
            LOG.warnf("The bus did not take an outcome, telling it later commandId=%s", outcome.command());
            if (!teller.isShutdown()) {
                teller.schedule(() -> tell(entry), TELL_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void publishQuietly(Fact fact, String requestId) {
        try {
            facts.publish(fact, requestId);
        } catch (StasisException e) {
            // Not an outcome: the gateway asks again if it misses this.
            LOG.debugf("The bus did not take a fact key=%s", fact.key());
        }
    }
}
