package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.model.StasisException;
import java.util.Optional;

/// What goes wrong on a simulated host. Set by tests, at any time.
public final class Faults {
    /// How the agents in the guests behave.
    public enum Agent {
        ANSWERS,
        ABSENT,
        /// Takes the freeze and does not answer it.
        HANGS,
        /// Freezes, and thaws by itself before the host asks for it.
        THAWS_EARLY
    }

    private volatile Agent agent = Agent.ANSWERS;
    private volatile boolean ignoresPowerButton;
    private volatile Optional<StasisException> export = Optional.empty();
    private volatile Optional<StasisException> cut = Optional.empty();

    public void agent(Agent behaviour) {
        agent = behaviour;
    }

    public void ignoresPowerButton(boolean ignores) {
        ignoresPowerButton = ignores;
    }

    /// Every export fails like this.
    public void export(Optional<StasisException> failure) {
        export = failure;
    }

    /// Every cut of memory and disks fails like this.
    public void cut(Optional<StasisException> failure) {
        cut = failure;
    }

    Agent agent() {
        return agent;
    }

    boolean ignoresPowerButton() {
        return ignoresPowerButton;
    }

    void beforeExport() {
        export.ifPresent(failure -> {
            throw failure;
        });
    }

    void beforeCut() {
        cut.ifPresent(failure -> {
            throw failure;
        });
    }
}
