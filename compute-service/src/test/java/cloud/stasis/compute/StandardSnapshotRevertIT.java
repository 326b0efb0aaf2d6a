package cloud.stasis.compute;

/// On a file system that cannot share blocks: libvirt saves the memory.
class StandardSnapshotRevertIT extends SnapshotRevertContract {
    @Override
    protected RealHost makeHost() {
        return new RealHost();
    }

    @Override
    protected String strategy() {
        return "memory-standard";
    }
}
