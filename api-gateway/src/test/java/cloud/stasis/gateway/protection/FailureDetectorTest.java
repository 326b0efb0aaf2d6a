package cloud.stasis.gateway.protection;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.protection.FailureDetector.Fence;
import cloud.stasis.gateway.protection.FailureDetector.Finding;
import cloud.stasis.gateway.protection.FailureDetector.Signals;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.ProtectionStatus.Health;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProtectionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// When a source counts as lost, and when it can no longer run its server.
class FailureDetectorTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void sourceThatIsHeardLivesWhateverTheStandbyTells() {
        assertThat(examine(signals(Duration.ofSeconds(15), told(Duration.ZERO, LONG, 9))))
                .isInstanceOf(Finding.Alive.class);
        assertThat(examine(new Signals(Optional.of(NOW), Optional.empty(), INTERVAL, Optional.empty())))
                .isInstanceOf(Finding.Alive.class);
    }

    @Test
    void sourceThatIsSilentAndSendsNoEpochsIsLost() {
        Finding finding = examine(signals(Duration.ofSeconds(16), told(Duration.ZERO, Duration.ofSeconds(16), 5)));

        assertThat(finding).isInstanceOfSatisfying(Finding.Lost.class, lost -> assertThat(lost.why())
                .contains("16 s"));
    }

    @Test
    void sourceThatWasNeverHeardAndSendsNoEpochsIsLost() {
        assertThat(examine(new Signals(
                        Optional.empty(), Optional.of(told(Duration.ZERO, LONG, 5)), INTERVAL, Optional.empty())))
                .isInstanceOf(Finding.Lost.class);
    }

    @Test
    void epochsThatArriveAreALifeSign() {
        assertThat(examine(signals(LONG, told(Duration.ZERO, Duration.ofSeconds(14), 9))))
                .isInstanceOf(Finding.Unclear.class);
    }

    @Test
    void longIntervalsAreWaitedFor() {
        Report quiet = told(Duration.ZERO, Duration.ofSeconds(290), 9);

        assertThat(examine(new Signals(
                        Optional.of(NOW.minus(LONG)), Optional.of(quiet), Duration.ofMinutes(1), Optional.empty())))
                .isInstanceOf(Finding.Unclear.class);
        assertThat(examine(new Signals(
                        Optional.of(NOW.minus(LONG)), Optional.of(quiet), Duration.ofSeconds(57), Optional.empty())))
                .isInstanceOf(Finding.Lost.class);
    }

    @Test
    void whenTheStandbyIsSilentTooItMayBeUsWhoAreDeaf() {
        assertThat(examine(signals(LONG, told(Duration.ofSeconds(15), LONG, 9))))
                .isInstanceOf(Finding.Unclear.class);
        assertThat(examine(new Signals(Optional.of(NOW.minus(LONG)), Optional.empty(), INTERVAL, Optional.empty())))
                .isInstanceOf(Finding.Unclear.class);
    }

    /// As after an outage of ours: the first heartbeat that is read again says nothing of who is next.
    @Test
    void standbyThatWasHeardOnceSinceThenProvesNothing() {
        assertThat(examine(signals(LONG, told(Duration.ZERO, LONG, 4)))).isInstanceOf(Finding.Unclear.class);
    }

    @Test
    void crashedGuestIsFoundWhereItsHostTellsOfIt() {
        assertThat(examine(new Signals(Optional.of(NOW), Optional.empty(), INTERVAL, Optional.of(PowerState.CRASHED))))
                .isInstanceOf(Finding.Crashed.class);
        assertThat(examine(new Signals(Optional.of(NOW), Optional.empty(), INTERVAL, Optional.of(PowerState.STOPPED))))
                .isInstanceOf(Finding.Alive.class);
    }

    @Test
    void leaseIsWaitedForWithAMargin() {
        assertThat(fence(signals(Duration.ofSeconds(20), told(Duration.ZERO, LONG, 9))))
                .isInstanceOf(Fence.Holds.class);
        assertThat(fence(signals(Duration.ofSeconds(21), told(Duration.ZERO, LONG, 9))))
                .isInstanceOf(Fence.Lapsed.class);
    }

    @Test
    void leaseLastsAsLongAsTheStandbyAcknowledges() {
        assertThat(fence(signals(LONG, told(Duration.ZERO, Duration.ofSeconds(20), 9))))
                .isInstanceOf(Fence.Holds.class);
        assertThat(fence(signals(LONG, told(Duration.ZERO, Duration.ofSeconds(21), 9))))
                .isInstanceOf(Fence.Lapsed.class);
    }

    @Test
    void leaseHasNotLapsedWhileTheStandbyHasNotSaidSo() {
        assertThat(fence(signals(LONG, told(Duration.ofSeconds(15), LONG, 9)))).isInstanceOf(Fence.Holds.class);
        assertThat(fence(signals(Duration.ofSeconds(24), told(Duration.ofSeconds(10), LONG, 9))))
                .as("what it acknowledged since it told last may be a renewal")
                .isInstanceOf(Fence.Holds.class);
        assertThat(fence(signals(LONG, told(Duration.ZERO, LONG, 4)))).isInstanceOf(Fence.Holds.class);
        assertThat(fence(new Signals(Optional.empty(), Optional.empty(), INTERVAL, Optional.empty())))
                .isInstanceOf(Fence.Holds.class);
    }

    private static Finding examine(Signals signals) {
        return FailureDetector.examine(NOW, signals);
    }

    private static Fence fence(Signals signals) {
        return FailureDetector.fence(NOW, signals);
    }

    private static Signals signals(Duration silence, Report standby) {
        return new Signals(
                Optional.of(NOW.minus(silence)), Optional.of(standby), INTERVAL, Optional.of(PowerState.RUNNING));
    }

    /// @param told how long ago
    /// @param moved how long ago its epoch was another one
    private static Report told(Duration told, Duration moved, int alone) {
        return new Report(
                new ProtectionStatus(
                        ProtectionId.random(),
                        InstanceId.random(),
                        Role.STANDBY,
                        Health.PROTECTED,
                        12,
                        NOW,
                        Duration.ZERO,
                        Duration.ZERO,
                        ByteCount.ZERO,
                        Optional.empty()),
                NOW.minus(told),
                NOW.minus(moved),
                alone);
    }
}
