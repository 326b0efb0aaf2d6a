package cloud.stasis.compute;

import cloud.stasis.compute.hypervisor.Memories.Keeping;

/// With RAM that nobody else can see: libvirt saves the memory.
class StandardSnapshotRevertIT extends SnapshotRevertContract {
    @Override
    protected RealHost makeHost() {
        return RealHost.keeping(Keeping.PRIVATE);
    }

    @Override
    protected String strategy() {
        return "memory-standard";
    }
}
