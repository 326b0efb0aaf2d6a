package cloud.stasis.compute;

import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.model.InstanceId;
import java.time.Duration;

/// What a real one does from outside would come into the way of what is done next.
final class NoWatchdog implements Watchdog {
    @Override
    public WatchdogHandle handle() {
        return new WatchdogHandle("none");
    }

    @Override
    public void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline) {}

    @Override
    public boolean cancel(WatchdogHandle handle) {
        return true;
    }
}
