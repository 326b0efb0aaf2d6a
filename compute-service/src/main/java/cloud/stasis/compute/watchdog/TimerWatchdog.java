package cloud.stasis.compute.watchdog;

import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.model.InstanceId;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Inside this process: for simulated guests, who die with it.
public final class TimerWatchdog implements Watchdog, AutoCloseable {
    private final Hypervisor hypervisor;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("watchdog").factory());
    private final Map<WatchdogHandle, ScheduledFuture<?>> guards = new ConcurrentHashMap<>();

    public TimerWatchdog(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public WatchdogHandle handle() {
        return new WatchdogHandle("watchdog-" + UUID.randomUUID());
    }

    @Override
    public void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline) {
        guards.put(
                handle,
                timer.schedule(
                        () -> {
                            switch (rescue) {
                                case THAW -> hypervisor.guests().thaw(instance);
                                case RESUME -> hypervisor.domains().resume(instance);
                            }
                        },
                        deadline.toMillis(),
                        TimeUnit.MILLISECONDS));
    }

    @Override
    public boolean cancel(WatchdogHandle handle) {
        ScheduledFuture<?> guard = guards.remove(handle);
        return guard == null || guard.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
