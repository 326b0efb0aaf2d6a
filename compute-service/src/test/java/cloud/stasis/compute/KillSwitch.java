package cloud.stasis.compute;

import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.Domains;
import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.compute.hypervisor.HostCapacity;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.compute.hypervisor.LiveDisks;
import cloud.stasis.compute.hypervisor.LiveInstants;
import cloud.stasis.compute.hypervisor.LiveLayers;
import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A hypervisor that strikes the agent at a chosen moment: just before or just after the effect of one of its
/// calls. What was done before stays done.
final class KillSwitch implements Hypervisor {
    private static final int NEVER = Integer.MAX_VALUE;

    enum Blow {
        /// The thread that made the call stops there for ever, so no `finally` of the agent runs, as after a kill -9.
        DEATH,
        /// Nobody answers this call and all later ones, until [#reconnect].
        LOST_CONNECTION,
        /// This call fails in a way that nobody has thought of.
        SURPRISE
    }

    private final Hypervisor hypervisor;
    private final int moment;
    private final Blow blow;
    private final AtomicInteger passed = new AtomicInteger();
    private final CountDownLatch killed = new CountDownLatch(1);
    private volatile boolean armed;
    private volatile boolean lost;
    private volatile @Nullable Thread agent;

    private KillSwitch(Hypervisor hypervisor, int moment, Blow blow) {
        this.hypervisor = hypervisor;
        this.moment = moment;
        this.blow = blow;
    }

    static KillSwitch counting(Hypervisor hypervisor) {
        return new KillSwitch(hypervisor, NEVER, Blow.DEATH);
    }

    static KillSwitch at(Hypervisor hypervisor, int moment) {
        return at(hypervisor, moment, Blow.DEATH);
    }

    static KillSwitch at(Hypervisor hypervisor, int moment, Blow blow) {
        return new KillSwitch(hypervisor, moment, blow);
    }

    /// It answers again.
    void reconnect() {
        armed = false;
        lost = false;
    }

    /// Counts, and strikes, from now on.
    void arm() {
        passed.set(0);
        armed = true;
    }

    int moments() {
        return passed.get();
    }

    /// Runs `action` as the agent would; returns whether the agent was killed in it.
    boolean kills(Runnable action) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                // How the command ended is looked at in the next attempt.
            } finally {
                ended.countDown();
            }
        });
        agent = thread;
        thread.start();
        while (!ended.await(1, TimeUnit.MILLISECONDS)) {
            if (killed.getCount() == 0) {
                return true;
            }
        }
        thread.join();
        return false;
    }

    private void moment() throws InterruptedException {
        // Of the thread that carries the command out; what others do comes at any time.
        if (armed && Thread.currentThread().equals(agent) && passed.incrementAndGet() == moment) {
            switch (blow) {
                case DEATH -> killed.countDown();
                case LOST_CONNECTION -> lost = true;
                case SURPRISE -> throw new IllegalStateException("nobody has thought of this");
            }
        }
        if (lost) {
            throw new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, "libvirt does not answer");
        }
        if (killed.getCount() == 0) {
            // Every thread of a killed agent.
            new CountDownLatch(1).await();
        }
    }

    private <T> T watched(Class<T> type, T part) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            moment();
            Object result = call(part, method, args);
            moment();
            return result;
        }));
    }

    private static Object call(Object part, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(part, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public String version() {
        return hypervisor.version();
    }

    @Override
    public Machine.Board board() {
        return hypervisor.board();
    }

    @Override
    public HostCapacity capacity() {
        return hypervisor.capacity();
    }

    @Override
    public Optional<Cpu> cpu() {
        return hypervisor.cpu();
    }

    @Override
    public Domains domains() {
        return watched(Domains.class, hypervisor.domains());
    }

    @Override
    public Guests guests() {
        return watched(Guests.class, hypervisor.guests());
    }

    @Override
    public DiskHistory history() {
        return watched(DiskHistory.class, hypervisor.history());
    }

    @Override
    public Memories memories() {
        return watched(Memories.class, hypervisor.memories());
    }

    @Override
    public LiveLayers liveLayers() {
        return watched(LiveLayers.class, hypervisor.liveLayers());
    }

    @Override
    public LiveDisks liveDisks() {
        return watched(LiveDisks.class, hypervisor.liveDisks());
    }

    @Override
    public LiveDevices liveDevices() {
        return watched(LiveDevices.class, hypervisor.liveDevices());
    }

    @Override
    public LiveInstants liveInstants() {
        return watched(LiveInstants.class, hypervisor.liveInstants());
    }

    @Override
    public LayerFiles layers() {
        // Files need no connection.
        return blow == Blow.DEATH ? watched(LayerFiles.class, hypervisor.layers()) : hypervisor.layers();
    }

    @Override
    public void close() {}
}
