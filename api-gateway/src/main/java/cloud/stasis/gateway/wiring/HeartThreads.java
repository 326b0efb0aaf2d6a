package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.outbox.OutboxFilled;
import cloud.stasis.gateway.outbox.Relay;
import cloud.stasis.gateway.policy.PolicyTimer;
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

    private final Relay relay;
    private final SagaTimer timer;
    private final PolicyTimer policies;
    private final Ticker captures;

    HeartThreads(Relay relay, SagaTimer timer, PolicyTimer policies, CaptureQueue queue) {
        this.relay = relay;
        this.timer = timer;
        this.policies = policies;
        this.captures = new Ticker("capture-queue", CAPTURES, queue::look);
    }

    void start(@Observes StartupEvent event) {
        relay.start();
        timer.start();
        policies.start();
        captures.start();
    }

    void filled(@Observes OutboxFilled event) {
        relay.wake();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        captures.close();
        policies.close();
        timer.close();
        relay.close();
    }
}
