package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.outbox.OutboxFilled;
import cloud.stasis.gateway.outbox.Relay;
import cloud.stasis.gateway.policy.PolicyTimer;
import cloud.stasis.gateway.saga.SagaTimer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Starts and stops the relay and the timers with the service.
@Singleton
class HeartThreads {
    private final Relay relay;
    private final SagaTimer timer;
    private final PolicyTimer policies;

    HeartThreads(Relay relay, SagaTimer timer, PolicyTimer policies) {
        this.relay = relay;
        this.timer = timer;
        this.policies = policies;
    }

    void start(@Observes StartupEvent event) {
        relay.start();
        timer.start();
        policies.start();
    }

    void filled(@Observes OutboxFilled event) {
        relay.wake();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        policies.close();
        timer.close();
        relay.close();
    }
}
