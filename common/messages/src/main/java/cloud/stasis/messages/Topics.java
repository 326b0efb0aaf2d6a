package cloud.stasis.messages;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StoreId;

/// Which message travels where.
public final class Topics {
    /// All facts, keyed by resource.
    public static final String FACT = "stasis.fact";
    /// All heartbeats, keyed by worker.
    public static final String HEARTBEAT = "stasis.heartbeat";
    /// Records that nobody could read.
    public static final String DEAD_LETTER = "stasis.dead-letter";

    private Topics() {}

    public static String commands(HostId host) {
        return "stasis.command.compute." + host;
    }

    public static String commands(BackendId backend) {
        return "stasis.command.volume." + backend;
    }

    public static String commands(StoreId store) {
        return "stasis.command.image." + store;
    }
}
