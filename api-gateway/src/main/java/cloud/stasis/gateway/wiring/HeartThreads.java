package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.outbox.OutboxFilled;
import cloud.stasis.gateway.outbox.Relay;
import cloud.stasis.gateway.saga.SagaTimer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Starts and stops the relay and the timer with the service.
@Singleton
class HeartThreads {
    private final Relay relay;
    private final SagaTimer timer;

    HeartThreads(Relay relay, SagaTimer timer) {
        this.relay = relay;
        this.timer = timer;
    }

    void start(@Observes StartupEvent event) {
        relay.start();
        timer.start();
    }

    void filled(@Observes OutboxFilled event) {
        relay.wake();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.close();
        relay.close();
    }
}
