package cloud.stasis.compute.protect;

import java.time.Duration;

/// How far apart epochs are. Immutable.
///
/// A link or a standby that cannot keep up makes the interval longer, by half again each time that an epoch has to
/// wait for room; once epochs leave as they come it becomes shorter again, slowly, so that it does not swing.
/// Whatever was asked for, a guest runs at least three quarters of its time.
record Pace(Duration asked, Duration inForce) {
    private static final int RUNS_FOR_A_PAUSE = 4;
    private static final Duration LONGEST = cloud.stasis.model.ProtectionSettings.LONGEST_INTERVAL;

    static Pace of(Duration asked) {
        return new Pace(asked, asked);
    }

    /// The interval was over and there was no room for another epoch.
    Pace waited() {
        return within(inForce.multipliedBy(3).dividedBy(2));
    }

    /// An epoch found room.
    ///
    /// @param paused how long the guest stood still for it
    Pace took(Duration paused) {
        Duration shorter = inForce.multipliedBy(9).dividedBy(10);
        Duration bearable = paused.multipliedBy(RUNS_FOR_A_PAUSE);
        return within(shorter.compareTo(bearable) < 0 ? bearable : shorter);
    }

    private Pace within(Duration interval) {
        Duration least = interval.compareTo(asked) < 0 ? asked : interval;
        Duration most = asked.compareTo(LONGEST) > 0 ? asked : LONGEST;
        return new Pace(asked, least.compareTo(most) > 0 ? most : least);
    }
}
