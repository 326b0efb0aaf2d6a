package cloud.stasis.compute.reconcile;

import cloud.stasis.compute.capture.MemoryCut;
import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.power.Power;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Runs at the start of the agent. Each stage looks, prints what it will do, and does it; the next looks
/// again.
///
/// ```
///  guests        exports ended, frozen thawed, paused resumed, half started finished
///  files         half-made captures forgotten, unused layers dropped
///  checkpoints   those that nothing names forgotten
///  host          sockets and other rubbish, the cache of contents
/// ```
///
/// What fails for one instance is told and does not hold up the others. Running it again finds nothing to do.
///
/// A process that lives on may leave the same: the hypervisor goes away in the middle of a command, and is not there
/// when the command wants to take back what it did. So each command mends its instances first ([#mend]).
public final class Reconciliation {
    private static final Logger LOG = Logger.getLogger(Reconciliation.class);

    /// A save of many GiB that a former process began may still be going on.
    private static final Duration BUSY_DEADLINE = Duration.ofMinutes(5);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final String PART = ".part";

    private final Host host;
    private final GuestRepairs guests;
    private final FileRepairs files;

    public Reconciliation(Host host, PowerOn powerOn, Power power, MemoryCut memoryCut, SettleCapture settle) {
        this.host = host;
        this.guests = new GuestRepairs(host, powerOn, power, memoryCut);
        this.files = new FileRepairs(host, settle);
    }

    interface Stage {
        List<Repair> of(Instance instance);
    }

    /// @return the instances of this host
    public List<InstanceId> run() {
        HostLayout layout = host.instances().layout();
        List<InstanceId> known = new ArrayList<>();
        for (InstanceId id : layout.known()) {
            if (host.instances().layout().instance(id).spec().read().isPresent()) {
                known.add(id);
            } else {
                carryOut(List.of(halfMade(id)));
            }
        }
        known.forEach(this::awaitIdle);
        for (Stage stage : stages()) {
            known.forEach(id -> carryOut(plan(id, stage)));
        }
        carryOut(rubbish(layout));
        host.bases().trim();
        warnOfOrphans(known);
        return known;
    }

    /// What a start of the agent would do about an instance, in stages; each is to be planned when the one before it
    /// has been carried out.
    List<Stage> stages() {
        return List.of(guests::of, files::of, files::ofCheckpoints);
    }

    /// An instance begins to exist with its specification; without it its boot command starts all over.
    private Repair halfMade(InstanceId id) {
        InstanceDirectory directory = host.instances().layout().instance(id);
        return new Repair("instance " + id, "remove what a half-made instance left", () -> {
            host.hypervisor().domains().remove(id);
            directory.delete();
        });
    }

    private List<Repair> plan(InstanceId id, Stage stage) {
        try {
            Optional<Instance> instance = host.instances().find(id);
            return instance.map(stage::of).orElse(List.of());
        } catch (StasisException e) {
            LOG.errorf(e, "An instance cannot be examined, it is left as it is instanceId=%s", id);
            return List.of();
        }
    }

    /// Ends what a command that failed left of an instance, as a start would: nobody answered when it wanted to do so
    /// itself. Looks at files alone if nothing is left. Called before a command, when no other one has the
    /// instance.
    ///
    /// @throws StasisException if that fails again; until it succeeds nothing else may be done to the instance
    public void mend(InstanceId id) {
        if (host.instances().find(id).filter(instance -> !instance.isAtRest()).isEmpty()) {
            return;
        }
        awaitRest(id);
        for (Stage stage : stages()) {
            for (Repair repair : stage.of(host.instances().open(id))) {
                LOG.infof("Before anything else is done the agent will %s", repair);
                repair.action().run();
            }
        }
    }

    private static void carryOut(List<Repair> plan) {
        plan.forEach(repair -> LOG.infof("Reconciliation will %s", repair));
        for (Repair repair : plan) {
            try {
                repair.action().run();
            } catch (StasisException e) {
                LOG.errorf(e, "A repair failed and is tried at the next start repair=%s", repair);
            }
        }
    }

    private void awaitIdle(InstanceId id) {
        try {
            awaitRest(id);
        } catch (StasisException e) {
            LOG.errorf(e, "An instance does not come to rest instanceId=%s", id);
        }
    }

    private void awaitRest(InstanceId id) {
        long end = System.nanoTime() + BUSY_DEADLINE.toNanos();
        try {
            while (host.hypervisor().domains().find(id).isPresent()
                    && host.hypervisor().domains().isBusy(id)) {
                if (System.nanoTime() > end) {
                    throw new StasisException(
                            ErrorCode.HYPERVISOR_UNAVAILABLE, "the hypervisor has been busy with it for too long");
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while an instance comes to rest", e);
        }
    }

    /// Whatever is in `run/` belonged to the former process, and a half-fetched content too.
    private static List<Repair> rubbish(HostLayout layout) {
        List<Repair> repairs = new ArrayList<>();
        for (Path left : HostLayout.list(layout.run())) {
            repairs.add(new Repair("host", "remove run/" + left.getFileName(), () -> HostFiles.delete(left)));
        }
        for (Path left : HostLayout.list(layout.base())) {
            if (left.getFileName().toString().endsWith(PART)) {
                repairs.add(
                        new Repair("host", "remove half-fetched " + left.getFileName(), () -> HostFiles.delete(left)));
            }
        }
        return repairs;
    }

    private void warnOfOrphans(List<InstanceId> known) {
        Set<InstanceId> expected = new HashSet<>(known);
        for (Domain domain : host.hypervisor().domains().list()) {
            if (!expected.contains(domain.instance())) {
                LOG.warnf(
                        "A domain of ours has no files here and is left alone instanceId=%s state=%s",
                        domain.instance(), domain.state());
            }
        }
    }
}
