package cloud.stasis.compute.reconcile;

/// One thing to put right. Doing it again does no harm.
///
/// @param what for the log, as `thaw the guest`
public record Repair(String subject, String what, Runnable action) {
    @Override
    public String toString() {
        return subject + ": " + what;
    }
}
