package cloud.stasis.compute;

/// On a file system that cannot share blocks: the RAM is copied beside the guest, and caught up in the pause.
class ComparedSnapshotRevertIT extends SnapshotRevertContract {
    @Override
    protected RealHost makeHost() {
        return new RealHost();
    }

    @Override
    protected String strategy() {
        return "memory-compared";
    }
}
