package cloud.stasis.compute.reconcile;

import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult.Cure;
import cloud.stasis.messages.CommandResult.Examined;
import cloud.stasis.messages.CommandResult.Finding;
import cloud.stasis.messages.CommandResult.Outcome;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Expected;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Compares what the tables say of this host with libvirt and the files, and those two with each other.
///
/// | looked at | against | mended |
/// |---|---|---|
/// | directories of instances, domains | the tables, each other | by hand: they may hold what somebody wants |
/// | definition | files | it is defined anew |
/// | what a disk writes to, layers, contents below | files | by hand: something is lost |
/// | copies of snapshots | the tables | those of no snapshot are discarded, unless they are to be uploaded |
/// | intents, captures, layers, checkpoints | each other | as at the start of the agent ([Reconciliation]) |
/// | power | the tables | it is told anew, which every command does |
///
/// Nothing is looked at that is being worked on. What is mended by hand is never touched.
public final class Doctor {
    private static final Logger LOG = Logger.getLogger(Doctor.class);

    private final Host host;
    private final Reconciliation reconciliation;
    private final SettleCapture settle;

    public Doctor(Host host, Reconciliation reconciliation, SettleCapture settle) {
        this.host = host;
        this.reconciliation = reconciliation;
        this.settle = settle;
    }

    public Examined handle(ComputeCommand.Examine command) {
        Report report = new Report(command.mending());
        strangers(command, report);
        command.expected().forEach(expected -> instance(expected, report));
        return report.examined();
    }

    /// What is here and of which the tables know nothing.
    private void strangers(ComputeCommand.Examine command, Report report) {
        Set<InstanceId> known = new HashSet<>(command.busy());
        command.expected().forEach(expected -> known.add(expected.instance()));
        for (InstanceId id : host.instances().layout().known()) {
            if (!known.contains(id)) {
                report.byHand(
                        subject(id),
                        "the host has its files, and no table says that it is here",
                        "see whether anybody misses it, then remove its domain and its directories");
            }
        }
        Set<InstanceId> files = new HashSet<>(host.instances().layout().known());
        for (Domain domain : host.hypervisor().domains().list()) {
            if (!files.contains(domain.instance()) && !command.busy().contains(domain.instance())) {
                report.byHand(
                        subject(domain.instance()),
                        "libvirt has a domain of it, and the host has no files",
                        "undefine the domain once nobody needs it");
            }
        }
    }

    private void instance(Expected expected, Report report) {
        try {
            Optional<Instance> found = host.instances().find(expected.instance());
            if (found.isEmpty()) {
                report.byHand(
                        subject(expected.instance()),
                        "it should be here, and the host has no files of it",
                        "make it again from a snapshot, or delete it");
                return;
            }
            Instance instance = found.get();
            disks(instance, report);
            definition(instance, report);
            snapshots(instance, expected, report);
            left(instance.id(), report);
            power(instance, expected, report);
        } catch (StasisException e) {
            LOG.errorf(e, "An instance cannot be examined instanceId=%s", expected.instance());
            report.byHand(
                    subject(expected.instance()),
                    "it cannot be examined: " + e.report().message(),
                    "see the log of the host");
        }
    }

    private void disks(Instance instance, Report report) {
        instance.disks().forEach((target, disk) -> {
            for (Path file : disk.missing()) {
                report.byHand(
                        subject(instance.id()),
                        "layer " + target + "/" + file.getFileName() + " is gone",
                        "revert to a snapshot that the store has");
            }
            disk.grounds().stream()
                    .filter(content -> !host.streams().isStreaming(content))
                    .filter(content -> Files.notExists(host.instances().layout().baseFile(content)))
                    .forEach(content -> report.byHand(
                            subject(instance.id()),
                            "the content " + content + " below " + target + " is gone",
                            "revert to a snapshot, or boot another server of the same image here"));
        });
    }

    private void definition(Instance instance, Report report) {
        Optional<Domain> domain = host.hypervisor().domains().find(instance.id());
        if (domain.isEmpty()) {
            unknown(instance, report);
            return;
        }
        domain.get().disks().forEach((target, file) -> writes(instance, target, file, domain.get(), report));
    }

    private void unknown(Instance instance, Report report) {
        String difference = "libvirt does not know it";
        if (instance.disks().values().stream().anyMatch(LayeredDisk::isBeingWritten)) {
            report.byHand(
                    subject(instance.id()),
                    difference + ", and something writes to its disks",
                    "end that process, then examine the host again");
            return;
        }
        report.safe(subject(instance.id()), difference, "define it, powered off", () -> define(instance));
    }

    /// Whatever libvirt knew of its checkpoints is gone, so their records are worth nothing and only in the way.
    private void define(Instance instance) {
        instance.disks().values().forEach(disk -> host.hypervisor().history().wipe(disk.activeFile()));
        Lineage lineage = instance.lineage();
        instance.store(lineage.without(lineage.checkpoints()));
        host.hypervisor().domains().define(instance.machine(), instance.files());
    }

    /// A layer that was prepared is taken over as at a start.
    private static void writes(Instance instance, DeviceName target, Path file, Domain domain, Report report) {
        Optional<LayeredDisk> disk = Optional.ofNullable(instance.disks().get(target));
        if (disk.isEmpty()) {
            report.byHand(
                    subject(instance.id()),
                    "libvirt gives it a disk " + target + " that it does not have",
                    "detach the disk, or stop and start the server");
            return;
        }
        boolean prepared = disk.get()
                .prepared()
                .filter(layer -> disk.get().file(layer).equals(file))
                .isPresent();
        if (!prepared && !disk.get().activeFile().equals(file)) {
            report.byHand(
                    subject(instance.id()),
                    target + " writes to " + file.getFileName() + ", and its layers say "
                            + disk.get().activeFile().getFileName(),
                    domain.isActive() ? "take a backup inside the guest, then stop it and ask for help" : "start it");
        }
    }

    private void snapshots(Instance instance, Expected expected, Report report) {
        for (SnapshotId snapshot : instance.directory().snapshots()) {
            boolean whole =
                    instance.directory().snapshot(snapshot).meta().read().isPresent();
            // What is not in the store yet is nowhere else, whatever an order says that was given before it was taken.
            boolean isSettled = instance.lineage().pending(snapshot.value()).isEmpty();
            if (whole && isSettled && !expected.snapshots().contains(snapshot)) {
                report.safe(
                        subject(instance.id()),
                        "the host keeps a copy of snapshot " + snapshot + ", which is no more",
                        "discard it",
                        () -> settle.handle(new ComputeCommand.DiscardSnapshot(instance.id(), snapshot)));
            }
        }
    }

    /// What a start of the agent would mend. Each stage looks at what the one before it left.
    private void left(InstanceId id, Report report) {
        for (Reconciliation.Stage stage : reconciliation.stages()) {
            stage.of(host.instances().open(id))
                    .forEach(repair -> report.safe(
                            repair.subject(),
                            "something is left of what was interrupted",
                            repair.what(),
                            repair.action()));
        }
    }

    private void power(Instance instance, Expected expected, Report report) {
        PowerState state = host.state(instance);
        if (expected.power().filter(told -> told != state).isPresent()) {
            report.safe(
                    subject(instance.id()),
                    "it is " + state + ", and the tables say "
                            + expected.power().get(),
                    "tell the gateway",
                    () -> {});
        }
    }

    private static String subject(InstanceId instance) {
        return "instance " + instance;
    }

    /// What was found so far, and mended at once if that is wanted and safe.
    private static final class Report {
        private final Mending mending;
        private final List<Finding> findings = new ArrayList<>();
        private int more;

        Report(Mending mending) {
            this.mending = mending;
        }

        void byHand(String subject, String difference, String plan) {
            add(new Finding(subject, difference, plan, Cure.BY_HAND, Outcome.FOUND));
        }

        void safe(String subject, String difference, String plan, Runnable action) {
            add(new Finding(subject, difference, plan, Cure.SAFE, mended(subject, plan, action)));
        }

        private Outcome mended(String subject, String plan, Runnable action) {
            if (mending == Mending.NONE) {
                return Outcome.FOUND;
            }
            LOG.infof("The doctor will %s: %s", subject, plan);
            try {
                action.run();
                return Outcome.MENDED;
            } catch (StasisException e) {
                LOG.errorf(e, "Could not be mended subject=%s plan=%s", subject, plan);
                return Outcome.FAILED;
            }
        }

        private void add(Finding finding) {
            if (findings.size() < Examined.MAX_FINDINGS) {
                findings.add(finding);
            } else {
                more++;
            }
        }

        Examined examined() {
            return new Examined(findings, more);
        }
    }
}
