package cloud.stasis.gateway.policy;

import cloud.stasis.gateway.saga.Ticker;
import java.time.Clock;
import java.time.Duration;

/// Lets the runner look every few seconds, on a thread of its own. Each gateway has one.
public final class PolicyTimer {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Ticker ticker;

    public PolicyTimer(PolicyRunner runner, Clock clock) {
        this.ticker = new Ticker("policy-timer", PAUSE, () -> runner.look(clock.instant()));
    }

    public void start() {
        ticker.start();
    }

    /// There is something to do now.
    public void wake() {
        ticker.wake();
    }

    /// Returns when its thread has ended.
    public void close() throws InterruptedException {
        ticker.close();
    }
}
