package cloud.stasis.gateway.protection;

import cloud.stasis.model.PowerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides whether a source is lost, and whether a silent one can no longer run its server. Pure.
///
/// | source on the bus | standby | epochs | guest | finding |
/// |---|---|---|---|---|
/// | heard | any | any | crashed | Crashed |
/// | heard | any | any | any other | Alive |
/// | silent | silent | any | any | Unclear: it may be us who hear nothing |
/// | silent | heard | arrive | any | Unclear: the source lives, and only the bus does not reach it |
/// | silent | heard several times alone | none for several intervals | any | Lost |
///
/// Nobody else's clock counts. All heartbeats go through one partition, so they are heard in the order in which
/// they were sent, however late: several of the standby's in a row without one of the source's are the source's
/// silence, and not our own.
public final class FailureDetector {
    /// Of a source that counts as silent: seven of its heartbeats.
    static final Duration SILENCE = Duration.ofSeconds(15);

    /// Intervals without an epoch that are no chance.
    static final int INTERVALS = 5;

    /// Heartbeats of the standby in a row without one of the source.
    static final int ALONE = 5;

    /// A source that nobody acknowledged anything to pauses its server after so long: agents have the same number.
    static final Duration LEASE = Duration.ofSeconds(15);

    /// Clocks run a little differently, and heartbeats tell of an epoch a little later.
    static final Duration MARGIN = Duration.ofSeconds(5);

    private FailureDetector() {}

    /// @param heard when the source was heard of last; empty if never
    /// @param standby what it told last
    /// @param interval from one epoch to the next as it is in force
    /// @param guest what it does, as its hypervisor told last
    public record Signals(
            Optional<Instant> heard, Optional<Report> standby, Duration interval, Optional<PowerState> guest) {}

    public sealed interface Finding {
        record Alive() implements Finding {}

        record Unclear(String why) implements Finding {}

        record Lost(String why) implements Finding {}

        record Crashed(String why) implements Finding {}
    }

    public static Finding examine(Instant now, Signals signals) {
        if (isHeard(now, signals)) {
            return signals.guest().filter(PowerState.CRASHED::equals).isPresent()
                    ? new Finding.Crashed("the guest crashed")
                    : new Finding.Alive();
        }
        Optional<Report> standby = signals.standby().filter(report -> report.isFresh(now));
        if (standby.isEmpty()) {
            return new Finding.Unclear("neither the source nor the standby is heard of");
        }
        Duration patience = longer(SILENCE, signals.interval().multipliedBy(INTERVALS));
        if (!standby.get().movedAt().plus(patience).isBefore(now)) {
            return new Finding.Unclear("the source is not heard of, but its epochs arrived until just now");
        }
        if (standby.get().alone() < ALONE) {
            return new Finding.Unclear("the source was heard of until just now");
        }
        return new Finding.Lost("its host was not heard of for " + silence(now, signals)
                + ", and no epoch reached the standby in that time");
    }

    /// Whether a source that did not acknowledge its fence can no longer run the server: neither the bus nor the
    /// standby has heard of it for as long as its lease lasts.
    public static Fence fence(Instant now, Signals signals) {
        Optional<Report> standby = signals.standby().filter(report -> report.isFresh(now));
        if (standby.isEmpty()) {
            return new Fence.Holds("the standby is not heard of");
        }
        Instant alive = later(signals.heard().orElse(Instant.MIN), standby.get().movedAt());
        boolean confirmed =
                standby.get().alone() >= ALONE && !standby.get().toldAt().isBefore(alive.plus(LEASE));
        return confirmed && alive.plus(LEASE).plus(MARGIN).isBefore(now)
                ? new Fence.Lapsed()
                : new Fence.Holds("the lease of the source may still hold");
    }

    public sealed interface Fence {
        /// It has paused the server by itself, or is no more.
        record Lapsed() implements Fence {}

        record Holds(String why) implements Fence {}
    }

    private static boolean isHeard(Instant now, Signals signals) {
        return signals.heard().filter(at -> !at.plus(SILENCE).isBefore(now)).isPresent();
    }

    private static String silence(Instant now, Signals signals) {
        return signals.heard()
                .map(at -> Duration.between(at, now).toSeconds() + " s")
                .orElse("as long as it is known");
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }
}
