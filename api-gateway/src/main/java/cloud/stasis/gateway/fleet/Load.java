package cloud.stasis.gateway.fleet;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ByteCount;
import java.util.Map;

/// What instances take of a host, or need of one.
public record Load(int instances, int vcpus, ByteCount memory) {
    public static final Load NONE = new Load(0, 0, ByteCount.ZERO);

    public Load plus(Load other) {
        return new Load(instances + other.instances, vcpus + other.vcpus, memory.plus(other.memory));
    }

    /// What is enough for the one as well as for the other.
    public Load atLeast(Load other) {
        return new Load(
                Math.max(instances, other.instances), Math.max(vcpus, other.vcpus), larger(memory, other.memory));
    }

    /// What this takes more than `other`; nothing where it takes less.
    public Load beyond(Load other) {
        return new Load(
                Math.max(0, instances - other.instances),
                Math.max(0, vcpus - other.vcpus),
                larger(memory, other.memory).minus(other.memory));
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /// What it counts towards quotas.
    public Map<Resource, Long> resources() {
        return Map.of(
                Resource.INSTANCES, (long) instances,
                Resource.CORES, (long) vcpus,
                Resource.MEMORY_MIB, memory.mibRoundedUp());
    }

    private static ByteCount larger(ByteCount one, ByteCount other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
