package cloud.stasis.compute.hypervisor;

/// What was written since a checkpoint is not completely known, for instance because the process that kept the record
/// was killed. Everything has to be read once.
public final class BrokenCheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    public BrokenCheckpointException(String reason) {
        super(reason);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
