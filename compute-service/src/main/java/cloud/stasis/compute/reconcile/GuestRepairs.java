package cloud.stasis.compute.reconcile;

import cloud.stasis.compute.capture.MemoryCut;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.Guests.ThawAnswer;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.IntentRecord;
import cloud.stasis.compute.power.Power;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.PowerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What concerns a guest: frozen, paused, half started, half saved, exported. Comes first, since somebody
/// waits.
final class GuestRepairs {
    private final Host host;
    private final PowerOn powerOn;
    private final Power power;
    private final MemoryCut memoryCut;

    GuestRepairs(Host host, PowerOn powerOn, Power power, MemoryCut memoryCut) {
        this.host = host;
        this.powerOn = powerOn;
        this.power = power;
        this.memoryCut = memoryCut;
    }

    List<Repair> of(Instance instance) {
        List<Repair> repairs = new ArrayList<>();
        Optional<Domain> domain = host.hypervisor().domains().find(instance.id());
        String subject = "instance " + instance.id();
        if (domain.isPresent() && host.hypervisor().history().isExporting(instance.id())) {
            repairs.add(new Repair(subject, "end a forgotten export of its disks", () -> host.hypervisor()
                    .history()
                    .endExport(instance.id())));
        }
        // Before anything runs: what runs must never be put back to this memory.
        Optional<Intent> intent = instance.directory().intent().read().map(IntentRecord::intent);
        boolean isHalfRestored =
                intent.filter(Intent.Restoring.class::isInstance).isPresent();
        Path resuming = instance.directory().resuming();
        if (Files.exists(resuming) && !isHalfRestored) {
            repairs.add(
                    domain.filter(Domain::isActive).isPresent()
                            ? new Repair(
                                    subject, "drop the memory it has resumed from", () -> HostFiles.delete(resuming))
                            : new Repair(subject, "take a resume back that ran nothing", () -> takeBack(instance)));
        }
        if (domain.filter(Domain::isActive).isEmpty()
                && Files.exists(instance.directory().ram())) {
            repairs.add(new Repair(
                    subject,
                    "drop the RAM of a machine that is off",
                    () -> HostFiles.delete(instance.directory().ram())));
        }
        intent.ifPresent(found -> repairs.add(ofIntent(instance, domain, found, subject)));
        return repairs;
    }

    private Repair ofIntent(Instance instance, Optional<Domain> domain, Intent intent, String subject) {
        boolean isPaused = domain.isPresent() && domain.get().state() == PowerState.PAUSED;
        return switch (intent) {
            case Intent.Restoring _ ->
                new Repair(subject, "give up a restore that was not finished", () -> giveUp(instance, domain));
            case Intent.Starting starting ->
                isPaused
                        ? new Repair(subject, "finish its start", () -> powerOn.finish(instance, starting.state()))
                        : new Repair(subject, "forget a start that is over", instance::end);
            case Intent.Freezing freezing ->
                new Repair(subject, "thaw the guest", () -> thaw(instance, domain, freezing));
            case Intent.Cutting cutting ->
                new Repair(
                        subject,
                        cutting.state() == ResumeState.RUNNING && isPaused
                                ? "undo a cut that was not finished, and resume the guest"
                                : "undo a cut that was not finished",
                        () -> undo(instance, cutting));
            case Intent.Suspending suspending ->
                new Repair(subject, "end a suspend", () -> power.settleSuspend(instance, suspending));
            // The command comes again and does it all again; nothing of it is in anyone's way.
            case Intent.Reverting reverting ->
                new Repair(subject, "leave an interrupted revert to its command", () -> {});
        };
    }

    /// Volumes are cut while the guest is frozen as well.
    private void undo(Instance instance, Intent.Cutting cutting) {
        memoryCut.recover(instance, cutting);
        if (Host.isActive(host.state(instance)) && host.hypervisor().guests().isFrozen(instance.id())) {
            host.hypervisor().guests().thaw(instance.id());
        }
    }

    /// It has not run, so the memory that it was given is still its memory.
    private void giveUp(Instance instance, Optional<Domain> domain) {
        domain.filter(Domain::isActive)
                .ifPresent(active -> host.hypervisor().domains().powerOff(instance.id()));
        if (Files.exists(instance.directory().resuming())) {
            takeBack(instance);
        }
        instance.end();
    }

    private void thaw(Instance instance, Optional<Domain> domain, Intent.Freezing freezing) {
        ThawAnswer answer = domain.filter(Domain::isActive)
                .map(_ -> host.hypervisor().guests().thaw(instance.id()))
                .orElse(ThawAnswer.NOTHING_FROZEN);
        // A guest that does not answer is left to the watchdog.
        if (answer != ThawAnswer.SILENT) {
            host.watchdog().cancel(freezing.watchdog());
        }
        instance.end();
    }

    private static void takeBack(Instance instance) {
        try {
            Files.move(
                    instance.directory().resuming(), instance.directory().suspended(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw HostFiles.failure("give a memory file its name back", e);
        }
    }
}
