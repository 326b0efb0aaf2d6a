package cloud.stasis.compute;

/// The same agent goes on: the hypervisor goes away at any moment and comes back.
class LostConnectionTest extends KillPointsTest {
    @Override
    KillSwitch.Blow blow() {
        return KillSwitch.Blow.LOST_CONNECTION;
    }
}
