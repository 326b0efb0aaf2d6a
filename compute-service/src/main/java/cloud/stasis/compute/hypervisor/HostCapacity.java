package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.ByteCount;

/// What a host has for guests.
public record HostCapacity(int cpus, ByteCount memory) {}
