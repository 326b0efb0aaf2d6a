package cloud.stasis.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Kills a service at a chosen moment: the thread that comes by then stops there for ever, so no `finally`
/// runs, as after a kill -9; what was done before stays done.
public final class KillSwitch {
    private final int moment;
    private final AtomicInteger passed = new AtomicInteger();
    private final CountDownLatch killed = new CountDownLatch(1);
    private volatile @Nullable Thread service;

    private KillSwitch(int moment) {
        this.moment = moment;
    }

    public static KillSwitch at(int moment) {
        return new KillSwitch(moment);
    }

    public static KillSwitch never() {
        return new KillSwitch(Integer.MAX_VALUE);
    }

    /// How many moments have passed.
    public int moments() {
        return passed.get();
    }

    /// Runs `action` as the service would; returns whether the service was killed in it.
    public boolean kills(Runnable action) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                // How it ended is looked at in the next attempt.
            } finally {
                ended.countDown();
            }
        });
        service = thread;
        thread.start();
        while (!ended.await(1, TimeUnit.MILLISECONDS)) {
            if (killed.getCount() == 0) {
                return true;
            }
        }
        thread.join();
        return false;
    }

    /// Something is about to change.
    void moment() {
        if (!Thread.currentThread().equals(service)) {
            return;
        }
        if (passed.incrementAndGet() == moment) {
            killed.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new AssertionError("a killed thread was woken", e);
            }
        }
    }

    /// A part of which some calls change something.
    public <T> T watched(Class<T> type, T part, Set<String> changes) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (changes.contains(method.getName())) {
                moment();
            }
            try {
                return method.invoke(part, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
