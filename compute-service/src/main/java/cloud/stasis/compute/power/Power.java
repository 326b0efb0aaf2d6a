package cloud.stasis.compute.power;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.watchdog.Watchdog.Rescue;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;

/// The power actions of the compute API. Each is repeatable: it brings the machine into a state, whichever way
/// it got there.
///
/// A suspended machine is off, and its memory is in `suspended.save`. While that is read back it has another
/// name, so that a machine which has run on can never be put back to it: the name is given back only if nothing
/// has run.
public final class Power {
    private static final Logger LOG = Logger.getLogger(Power.class);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final Host host;
    private final PowerOn powerOn;

    public Power(Host host, PowerOn powerOn) {
        this.host = host;
        this.powerOn = powerOn;
    }

    /// @return the state that was reached
    public PowerState change(Instance instance, PowerAction action) {
        PowerState state = host.state(instance);
        switch (action) {
            case START -> start(instance, state);
            case STOP -> stop(instance, state);
            case REBOOT_SOFT -> {
                requireRunning(state, "rebooted softly");
                stop(instance, state);
                powerOn.boot(instance, ResumeState.RUNNING);
            }
            case REBOOT_HARD -> {
                off(instance);
                powerOn.boot(instance, ResumeState.RUNNING);
            }
            case PAUSE -> {
                requireActive(state, "paused");
                if (state == PowerState.RUNNING) {
                    host.hypervisor().domains().pause(instance.id());
                }
            }
            case UNPAUSE -> {
                requireActive(state, "unpaused");
                if (state == PowerState.PAUSED) {
                    host.hypervisor().domains().resume(instance.id());
                }
            }
            case SUSPEND -> suspend(instance, state);
            case RESUME -> resume(instance, state);
        }
        return host.state(instance);
    }

    private void start(Instance instance, PowerState state) {
        switch (state) {
            case RUNNING, PAUSED -> {}
            case SUSPENDED -> resume(instance, state);
            case STOPPED, CRASHED -> powerOn.boot(instance, ResumeState.RUNNING);
        }
    }

    private void stop(Instance instance, PowerState state) {
        if (state == PowerState.RUNNING) {
            host.hypervisor().domains().askToPowerOff(instance.id());
            awaitOff(instance);
        }
        off(instance);
    }

    /// Whatever it was: off, and not suspended.
    private void off(Instance instance) {
        if (host.hypervisor().domains().find(instance.id()).isPresent()) {
            host.hypervisor().domains().powerOff(instance.id());
        }
        HostFiles.delete(instance.directory().suspended());
        HostFiles.delete(instance.directory().ram());
    }

    private void awaitOff(Instance instance) {
        long end = System.nanoTime() + host.limits().shutdown().toNanos();
        while (Host.isActive(host.state(instance)) && System.nanoTime() < end) {
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while the guest powers off", e);
            }
        }
    }

    private void suspend(Instance instance, PowerState state) {
        if (state == PowerState.SUSPENDED) {
            return;
        }
        requireActive(state, "suspended");
        host.requireRoomForMemory(instance);
        InstanceDirectory directory = instance.directory();
        // What goes on later finds the same CPU.
        directory.spec().write(new InstanceRecord(instance.spec().spec(), host.seen(instance.machine())));
        ResumeState after = state == PowerState.RUNNING ? ResumeState.RUNNING : ResumeState.PAUSED;
        Intent.Suspending unwatched = new Intent.Suspending(after, Optional.empty());
        Guarded pause = new Guarded(instance, unwatched);
        instance.begin(unwatched);
        try {
            host.hypervisor().memories().save(instance.id(), directory.suspending(), pause);
        } catch (RuntimeException | Error e) {
            takeBack(instance, pause.intent, e);
            throw e;
        }
        settleSuspend(instance, unwatched);
    }

    /// The watchdog and the intent of a machine that stands still. The intent names the watchdog for as long as the
    /// machine may go on by it; without one, a machine that is off is off by the save.
    private final class Guarded implements Memories.Pause {
        private final Instance instance;
        private final WatchdogHandle handle = host.watchdog().handle();
        private final Intent.Suspending unwatched;
        private Intent.Suspending intent;

        Guarded(Instance instance, Intent.Suspending unwatched) {
            this.instance = instance;
            this.unwatched = unwatched;
            this.intent = unwatched;
        }

        @Override
        public void begins() {
            become(new Intent.Suspending(unwatched.state(), Optional.of(handle)));
            Duration deadline = host.limits().suspendFor(instance.machine().memory());
            host.watchdog().guard(handle, instance.id(), Rescue.RESUME, deadline);
        }

        @Override
        public void ends() {
            if (!host.watchdog().cancel(handle)) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE,
                        "the deadline let the machine go on before its memory was saved: try again when the host is"
                                + " less busy");
            }
            become(unwatched);
        }

        private void become(Intent.Suspending next) {
            intent = next;
            instance.begin(next);
        }
    }

    /// If nobody answers, the next command does this; a machine that is still to be saved is let go on at once by the
    /// watchdog. One whose file is whole may be off by now, and waits.
    private void takeBack(Instance instance, Intent.Suspending intent, Throwable failure) {
        try {
            settleSuspend(instance, intent);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            LOG.errorf(e, "A suspend is left to the next command instanceId=%s", instance.id());
            intent.watchdog().ifPresent(handle -> {
                host.watchdog().cancel(handle);
                host.watchdog().guard(handle, instance.id(), Rescue.RESUME, AT_ONCE);
            });
        }
    }

    /// Whether a save that began has ended well shows in the machine, unless that may have gone on meanwhile: it is off
    /// only if the file is whole. If it is not off it goes on. Repeatable.
    public void settleSuspend(Instance instance, Intent.Suspending intent) {
        InstanceDirectory directory = instance.directory();
        switch (host.state(instance)) {
            case STOPPED -> {
                if (intent.watchdog().isPresent()) {
                    HostFiles.delete(directory.suspending());
                } else if (Files.exists(directory.suspending())) {
                    rename(directory.suspending(), directory.suspended());
                }
            }
            case PAUSED -> {
                HostFiles.delete(directory.suspending());
                if (intent.state() == ResumeState.RUNNING) {
                    host.hypervisor().domains().resume(instance.id());
                }
            }
            case RUNNING, CRASHED -> HostFiles.delete(directory.suspending());
            case SUSPENDED -> {}
        }
        intent.watchdog().ifPresent(host.watchdog()::cancel);
        instance.end();
    }

    private void resume(Instance instance, PowerState state) {
        switch (state) {
            case RUNNING -> {}
            case PAUSED -> host.hypervisor().domains().resume(instance.id());
            case SUSPENDED -> restore(instance);
            case STOPPED, CRASHED ->
                throw new StasisException(
                        ErrorCode.WRONG_STATE, "the instance is not suspended: start it instead of resuming it");
        }
    }

    private void restore(Instance instance) {
        Path resuming = instance.directory().resuming();
        if (RamImage.isOne(instance.directory().suspended())) {
            host.requireRoomForRam(instance.machine());
        }
        rename(instance.directory().suspended(), resuming);
        try {
            powerOn.resume(instance, resuming, ResumeState.RUNNING, () -> HostFiles.delete(resuming));
        } finally {
            if (Files.exists(resuming) && !Host.isActive(host.state(instance))) {
                rename(resuming, instance.directory().suspended());
            }
        }
    }

    private static void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw HostFiles.failure("rename " + from.getFileName(), e);
        }
    }

    private static void requireRunning(PowerState state, String what) {
        if (state != PowerState.RUNNING) {
            throw wrongState(state, what);
        }
    }

    private static void requireActive(PowerState state, String what) {
        if (!Host.isActive(state)) {
            throw wrongState(state, what);
        }
    }

    private static StasisException wrongState(PowerState state, String what) {
        return new StasisException(
                ErrorCode.WRONG_STATE,
                "the instance is " + state.name().toLowerCase(Locale.ROOT) + " and cannot be " + what);
    }
}
