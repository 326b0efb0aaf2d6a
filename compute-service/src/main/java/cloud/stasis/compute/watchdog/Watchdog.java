package cloud.stasis.compute.watchdog;

import cloud.stasis.model.InstanceId;
import java.time.Duration;

/// Undoes a freeze or a pause at a deadline, even if this process is gone by then.
public interface Watchdog {
    /// What is undone.
    enum Rescue {
        THAW,
        RESUME
    }

    /// A handle for the next guard, to be written down before it is set.
    WatchdogHandle handle();

    /// Sets the guard. When it returns the guest will be rescued at the deadline, whatever happens to this process.
    void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline);

    /// Calls it off, also one that has begun to rescue and was not heard yet; repeatable.
    ///
    /// @return whether that was in time: false if the guest has been, or is being, rescued
    boolean cancel(WatchdogHandle handle);
}
