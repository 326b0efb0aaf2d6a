package cloud.stasis.compute.watchdog;

/// How to find a watchdog again after a restart: its name, and that of its file.
public record WatchdogHandle(String name) {}
