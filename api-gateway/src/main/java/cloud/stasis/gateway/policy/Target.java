package cloud.stasis.gateway.policy;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.VolumeId;
import java.util.Map;

/// What a policy takes: one server or volume, or all of its project that say something of themselves.
public sealed interface Target {
    record OneServer(InstanceId server) implements Target {}

    record OneVolume(VolumeId volume) implements Target {}

    /// @param metadata all of these
    record Servers(Map<String, String> metadata) implements Target {
        public Servers {
            metadata = Map.copyOf(metadata);
        }
    }

    /// @param metadata all of these
    record Volumes(Map<String, String> metadata) implements Target {
        public Volumes {
            metadata = Map.copyOf(metadata);
        }
    }

    default boolean isOfServers() {
        return this instanceof OneServer || this instanceof Servers;
    }
}
