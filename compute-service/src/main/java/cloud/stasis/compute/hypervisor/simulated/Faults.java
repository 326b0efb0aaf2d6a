package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.model.NetworkId;
import cloud.stasis.model.StasisException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/// What goes wrong on a simulated host. Set by tests, at any time.
public final class Faults {
    private final Set<NetworkId> cutOff = ConcurrentHashMap.newKeySet();
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
    private volatile Optional<StasisException> fold = Optional.empty();
    private final AtomicReference<Optional<StasisException>> start = new AtomicReference<>(Optional.empty());

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

    /// Every fold of layers of a machine that is on fails like this.
    public void fold(Optional<StasisException> failure) {
        fold = failure;
    }

    /// The next start of a machine, from its disks or from a memory, fails like this; the ones after it do not.
    public void nextStart(StasisException failure) {
        start.set(Optional.of(failure));
    }

    /// The host no longer reaches this network.
    public void cutOff(NetworkId network) {
        cutOff.add(network);
    }

    public void reconnect(NetworkId network) {
        cutOff.remove(network);
    }

    boolean isCutOff(NetworkId network) {
        return cutOff.contains(network);
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

    void beforeFold() {
        fold.ifPresent(failure -> {
            throw failure;
        });
    }

    void beforeStart() {
        start.getAndSet(Optional.empty()).ifPresent(failure -> {
            throw failure;
        });
    }

    void beforeCut() {
        cut.ifPresent(failure -> {
            throw failure;
        });
    }
}
