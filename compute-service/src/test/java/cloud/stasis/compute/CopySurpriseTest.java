package cloud.stasis.compute;

/// The same agent goes on: any one call fails in a way that nobody has thought of.
class CopySurpriseTest extends CopyKillPointsTest {
    @Override
    KillSwitch.Blow blow() {
        return KillSwitch.Blow.SURPRISE;
    }
}
