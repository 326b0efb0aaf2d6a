package cloud.stasis.compute.capture;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Guests.FreezeAnswer;
import cloud.stasis.compute.hypervisor.Guests.ThawAnswer;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.watchdog.Watchdog.Rescue;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// Does something while a guest's file systems are frozen, if it can and the caller wants it.
///
/// ```
///  intent ─ watchdog set ─ freeze ─ cut ─ thaw ─ watchdog called off ─ intent gone
/// ```
///
/// What was reached is known only at the end: a guest that thawed by itself, or was thawed by the watchdog, was
/// not frozen at the instant, whatever it said before. A guest that does not answer the thaw is left to the
/// watchdog.
final class Quiescing {
    private final Host host;

    Quiescing(Host host) {
        this.host = host;
    }

    /// @param agent what the guest agent answered, in words
    /// @param freeze what was frozen at the instant
    record Quiesced<T>(
            T result,
            Instant at,
            Duration frozen,
            Consistency reached,
            String agent,
            Optional<Receipt.Freeze> freeze) {}

    /// @throws StasisException `QUIESCE_REQUIRED` before anything was cut if the guest cannot be frozen and
    ///     must be
    <T> Quiesced<T> during(Instance instance, PowerState state, Quiesce wanted, Supplier<T> cut) {
        return switch (wanted) {
            case NONE -> unfrozen(cut, "not asked");
            case PREFER, REQUIRE ->
                state == PowerState.RUNNING
                        ? asking(instance, wanted, cut)
                        : without(wanted, "the guest is paused", cut);
        };
    }

    private <T> Quiesced<T> asking(Instance instance, Quiesce wanted, Supplier<T> cut) {
        WatchdogHandle guard = host.watchdog().handle();
        instance.begin(new Intent.Freezing(guard));
        host.watchdog().guard(guard, instance.id(), Rescue.THAW, host.limits().freeze());
        Window window = new Window(instance, guard);
        try {
            long before = System.nanoTime();
            return switch (host.hypervisor().guests().freeze(instance.id())) {
                case FreezeAnswer.Frozen frozen -> {
                    T result = cut.get();
                    Instant at = host.clock().instant();
                    yield judged(window.closeFrozen(), wanted, result, at, System.nanoTime() - before, frozen);
                }
                case FreezeAnswer.Absent absent -> {
                    window.closeUnused();
                    yield without(wanted, absent.reason(), cut);
                }
                case FreezeAnswer.Refused refused -> {
                    window.close();
                    yield without(wanted, refused.reason(), cut);
                }
                case FreezeAnswer.Silent silent -> {
                    window.close();
                    yield without(wanted, silent.reason(), cut);
                }
            };
        } finally {
            window.close();
        }
    }

    /// Open while the guest may be frozen.
    private final class Window {
        private final Instance instance;
        private final WatchdogHandle guard;
        private boolean open = true;
        private ThawAnswer answer = ThawAnswer.SILENT;

        Window(Instance instance, WatchdogHandle guard) {
            this.instance = instance;
            this.guard = guard;
        }

        /// Nothing was asked of the guest.
        void closeUnused() {
            open = false;
            host.watchdog().cancel(guard);
            instance.end(new Intent.Freezing(guard));
        }

        /// Thaws a guest that said that it was frozen. It may say that it thawed what was thawed already.
        ThawAnswer closeFrozen() {
            boolean isFrozen = host.hypervisor().guests().isFrozen(instance.id());
            ThawAnswer thawed = close();
            return thawed == ThawAnswer.THAWED && !isFrozen ? ThawAnswer.NOTHING_FROZEN : thawed;
        }

        /// Thaws; repeatable.
        ThawAnswer close() {
            if (open) {
                answer = host.hypervisor().guests().thaw(instance.id());
                open = false;
                if (answer != ThawAnswer.SILENT) {
                    host.watchdog().cancel(guard);
                    // Not that of a cut which is left to the next command.
                    instance.end(new Intent.Freezing(guard));
                }
            }
            return answer;
        }
    }

    private static <T> Quiesced<T> judged(
            ThawAnswer thaw, Quiesce wanted, T result, Instant at, long nanos, FreezeAnswer.Frozen frozen) {
        Duration held = Duration.ofNanos(nanos);
        if (thaw == ThawAnswer.THAWED) {
            return new Quiesced<>(
                    result,
                    at,
                    held,
                    Consistency.FILE_SYSTEM,
                    "froze " + frozen.count() + " file systems",
                    Optional.of(freeze(frozen, held)));
        }
        String agent = thaw == ThawAnswer.SILENT
                ? "froze, then did not answer the thaw"
                : "froze, but had thawed before the instant was over";
        if (wanted == Quiesce.REQUIRE) {
            throw new StasisException(
                    ErrorCode.QUIESCE_REQUIRED, "the guest did not stay frozen for the instant (" + agent + ")");
        }
        return new Quiesced<>(result, at, held, Consistency.CRASH, agent, Optional.empty());
    }

    private static Receipt.Freeze freeze(FreezeAnswer.Frozen frozen, Duration held) {
        return new Receipt.Freeze(frozen.fileSystems().stream()
                .map(fileSystem -> new Receipt.FrozenFileSystem(fileSystem.mountpoint(), fileSystem.type(), held))
                .toList());
    }

    private <T> Quiesced<T> without(Quiesce wanted, String reason, Supplier<T> cut) {
        if (wanted == Quiesce.REQUIRE) {
            throw new StasisException(
                    ErrorCode.QUIESCE_REQUIRED,
                    "the file systems of the guest cannot be frozen (" + reason
                            + "): install the guest agent, or prefer consistency instead of requiring it");
        }
        return unfrozen(cut, reason);
    }

    private <T> Quiesced<T> unfrozen(Supplier<T> cut, String reason) {
        T result = cut.get();
        return new Quiesced<>(
                result, host.clock().instant(), Duration.ZERO, Consistency.CRASH, reason, Optional.empty());
    }
}
