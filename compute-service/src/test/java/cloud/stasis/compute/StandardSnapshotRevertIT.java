package cloud.stasis.compute;

/// With RAM that nobody else can see: libvirt saves the memory.
class StandardSnapshotRevertIT extends SnapshotRevertContract {
    @Override
    protected RealHost makeHost() {
        return RealHost.withPrivateMemory();
    }

    @Override
    protected String strategy() {
        return "memory-standard";
    }
}
