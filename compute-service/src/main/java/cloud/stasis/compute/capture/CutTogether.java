package cloud.stasis.compute.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.host.Host;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.CommandResult.MemberInstant;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;

/// Cuts several machines of this host at one instant, and lets them wait for those of other hosts.
///
/// Each machine is cut by a thread of its own ([MemberCut]) that goes through the stages of one [Meeting]. Every
/// machine has its watchdog, all with the same deadline. Whatever goes wrong, nothing is kept of any machine and
/// each goes on.
///
/// ```
///  one host        CutTogether: freeze all, pause all, cut all, resume and thaw all
///  several hosts   CutTogether, held: freeze, pause, cut        on each host
///                  ReleaseTogether: resume and thaw             on each host, once all have answered
/// ```
///
/// What a hold needs is in this process only: after its death the watchdogs let the machines go on, reconciliation
/// forgets the cut, and the release fails, as it does after the deadline.
public final class CutTogether implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CutTogether.class);

    /// Each is a thread, a watchdog process and a machine that stands still.
    public static final int MAX_MEMBERS = 32;

    private final Host host;
    private final MemberCut members;
    private final Map<UUID, Underway> held = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("cut-", 0).factory());

    public CutTogether(Host host, SnapshotCut atRest, MemoryCut memory, SettleCapture settle) {
        this.host = host;
        this.members = new MemberCut(host, atRest, memory, settle);
    }

    private record Underway(List<Cut> cuts, Meeting meeting, List<Future<MemberInstant>> results) {
        boolean concerns(InstanceId instance) {
            return cuts.stream().anyMatch(cut -> cut.instance().equals(instance));
        }
    }

    public CommandResult handle(ComputeCommand.CutTogether command, CommandContext context) {
        require(command);
        context.progress(Phase.CAPTURING, ByteCount.ZERO, ByteCount.ZERO);
        // Of an attempt that was interrupted: all are of one instant, so none of that one can stay.
        command.cuts().forEach(members::forget);
        context.checkCancelled();
        Underway underway = begin(command);
        return switch (command.hold()) {
            case NONE -> {
                underway.meeting().release();
                yield ended(underway);
            }
            case UNTIL_RELEASED -> {
                hold(command.cut(), underway);
                yield new CommandResult.Completed();
            }
        };
    }

    private void require(ComputeCommand.CutTogether command) {
        long distinct = command.cuts().stream().map(Cut::instance).distinct().count();
        if (command.cuts().isEmpty()
                || command.cuts().size() > MAX_MEMBERS
                || distinct < command.cuts().size()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "one to " + MAX_MEMBERS + " different instances are cut together");
        }
        host.memorySpace().require(memory(command.cuts()));
    }

    private ByteCount memory(List<Cut> cuts) {
        return cuts.stream()
                .filter(cut -> cut instanceof Cut.WholeInstance whole && whole.memory() == MemoryChoice.WITH_MEMORY)
                .map(cut -> host.instances().open(cut.instance()))
                .filter(instance -> Host.isActive(host.state(instance)))
                .map(instance -> instance.machine().memory())
                .reduce(ByteCount.ZERO, ByteCount::plus);
    }

    private Underway begin(ComputeCommand.CutTogether command) {
        Duration deadline = host.limits().pauseFor(memory(command.cuts()));
        Meeting meeting = Meeting.of(command.cuts().size(), deadline);
        List<Future<MemberInstant>> results = new ArrayList<>();
        for (Cut cut : command.cuts()) {
            Callable<MemberInstant> work = () -> {
                try {
                    return members.cut(cut, command.cut(), command.quiesce(), meeting);
                } catch (StasisException e) {
                    meeting.fail(new StasisException(
                            e.code(),
                            "instance " + cut.instance() + ": " + e.report().message(),
                            e));
                    throw e;
                } catch (RuntimeException | Error e) {
                    meeting.fail(new StasisException(
                            ErrorCode.INTERNAL, "instance " + cut.instance() + " could not be cut", e));
                    throw e;
                }
            };
            results.add(threads.submit(work));
        }
        return new Underway(command.cuts(), meeting, results);
    }

    private void hold(UUID cut, Underway underway) {
        try {
            underway.meeting().awaitCut();
        } catch (StasisException e) {
            ended(underway);
            throw e;
        }
        held.put(cut, underway);
        LOG.infof(
                "Holding machines until others are cut cut=%s machines=%d",
                cut, underway.cuts().size());
    }

    public CommandResult handle(ComputeCommand.ReleaseTogether command) {
        Underway underway = held.remove(command.cut());
        if (command.settlement() == Settlement.ABANDONED) {
            if (underway != null) {
                giveUp(underway);
            }
            command.cuts().forEach(members::forget);
            return new CommandResult.Completed();
        }
        if (underway == null) {
            throw new StasisException(
                    ErrorCode.GUEST_REFUSED, "the machines are not held any more, so the cut is void: try again");
        }
        underway.meeting().release();
        return ended(underway);
    }

    /// Gives up whatever holds an instance, because something else is to be done with it.
    public void giveUp(InstanceId instance) {
        held.entrySet().removeIf(entry -> {
            if (!entry.getValue().concerns(instance)) {
                return false;
            }
            LOG.infof("A held cut is given up cut=%s instanceId=%s", entry.getKey(), instance);
            giveUp(entry.getValue());
            return true;
        });
    }

    private void giveUp(Underway underway) {
        underway.meeting().fail(new StasisException(ErrorCode.CANCELLED, "the cut was given up"));
        try {
            ended(underway);
        } catch (StasisException e) {
            LOG.debugf("A cut was given up said=%s", e.getMessage());
        }
    }

    /// Waits until every machine goes on. Either all are cut or nothing is left.
    private CommandResult.CutTogether ended(Underway underway) {
        List<MemberInstant> instants = new ArrayList<>();
        for (Future<MemberInstant> result : underway.results()) {
            try {
                instants.add(result.get());
            } catch (ExecutionException e) {
                LOG.debugf("A machine was not cut said=%s", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while several machines are cut", e);
            }
        }
        underway.meeting().failure().ifPresent(failure -> {
            underway.cuts().forEach(members::forget);
            throw new StasisException(failure.code(), failure.report().message(), failure);
        });
        Duration skew = underway.meeting().skew();
        LOG.infof("Cut machines together machines=%d skewMicros=%d", instants.size(), skew.toNanos() / 1000);
        return new CommandResult.CutTogether(instants, skew);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
