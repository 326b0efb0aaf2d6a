package cloud.stasis.launcher;

/// What `status` says about a part.
enum PartState {
    READY("ready"),
    NOT_READY("not ready"),
    /// Runs, but somebody else started it.
    SHARED("not ours"),
    STOPPED("stopped");

    private final String text;

    PartState(String text) {
        this.text = text;
    }

    /// Whether the cloud can work with it.
    boolean serves() {
        return this == READY || this == SHARED;
    }

    @Override
    public String toString() {
        return text;
    }
}
