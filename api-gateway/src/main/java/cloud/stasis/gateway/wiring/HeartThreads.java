package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.outbox.OutboxFilled;
import cloud.stasis.gateway.outbox.Relay;
import cloud.stasis.gateway.policy.PolicyTimer;
import cloud.stasis.gateway.protection.Failovers;
import cloud.stasis.gateway.saga.SagaTimer;
import cloud.stasis.gateway.saga.Ticker;
import cloud.stasis.gateway.snapshot.CaptureQueue;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;

/// Starts and stops the relay and the timers with the service.
@Singleton
class HeartThreads {
    /// Between two looks for snapshots whose turn has come.
    private static final Duration CAPTURES = Duration.ofSeconds(1);

    /// Between two looks of the failure detector: a fraction of the silence that it waits for.
    private static final Duration FAILURES = Duration.ofSeconds(2);

    private final Relay relay;
    private final SagaTimer timer;
    private final PolicyTimer policies;
    private final Ticker captures;
    private final Ticker failures;

    HeartThreads(Relay relay, SagaTimer timer, PolicyTimer policies, CaptureQueue queue, Failovers failovers) {
        this.relay = relay;
        this.timer = timer;
        this.policies = policies;
        this.captures = new Ticker("capture-queue", CAPTURES, queue::look);
        this.failures = new Ticker("failure-detector", FAILURES, failovers::look);
    }

    void start(@Observes StartupEvent event) {
        relay.start();
        timer.start();
        policies.start();
        captures.start();
        failures.start();
    }

    void filled(@Observes OutboxFilled event) {
        relay.wake();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        failures.close();
        captures.close();
        policies.close();
        timer.close();
        relay.close();
    }
}
