package cloud.stasis.cli.failure;

/// How the process ends. Documented in `docs/guides/cli.md`: a number is never given another meaning.
public enum ExitCode {
    OK(0),
    /// The cloud refused or failed, or could not be reached; nothing that was asked for is under way.
    FAILED(1),
    /// The command line itself is wrong; nothing was sent.
    USAGE(2),
    /// The wait ran out; what was asked for goes on.
    STILL_RUNNING(3),
    /// Interrupted from the keyboard, as shells count it: 128 + SIGINT.
    INTERRUPTED(130);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }
}
