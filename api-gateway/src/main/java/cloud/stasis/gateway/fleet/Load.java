package cloud.stasis.gateway.fleet;

import cloud.stasis.model.ByteCount;

/// What instances take of a host, or need of one.
public record Load(int instances, int vcpus, ByteCount memory) {
    public static final Load NONE = new Load(0, 0, ByteCount.ZERO);

    public Load plus(Load other) {
        return new Load(instances + other.instances, vcpus + other.vcpus, memory.plus(other.memory));
    }
}
