package cloud.stasis.worker;

import cloud.stasis.bus.CommandWorker;
import cloud.stasis.bus.FactPublisher;
import cloud.stasis.bus.RecordCodec;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.Message;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/// Kafka, as a worker sees it.
@ApplicationScoped
public class WorkerBus implements FactPublisher {
    /// A broker that takes longer is treated as away; outcomes are told again later.
    private static final Duration PUBLISH_DEADLINE = Duration.ofSeconds(20);

    /// Facts waiting for the broker. Outcomes are waited for and news of a command come seldom, so this is some for
    /// each thread; while the broker is away more news than that are lost.
    private static final int FACT_BUFFER = 256;

    private static final Logger LOG = Logger.getLogger(WorkerBus.class);

    private final RecordCodec codec = new RecordCodec();
    private final Clock clock = Clock.systemUTC();
    private final MutinyEmitter<byte[]> facts;
    private final MutinyEmitter<byte[]> heartbeats;
    private final CompletableFuture<CommandWorker<?>> worker = new CompletableFuture<>();

    WorkerBus(
            @Channel("facts") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = FACT_BUFFER)
                    MutinyEmitter<byte[]> facts,
            @Channel("heartbeats") @OnOverflow(OnOverflow.Strategy.DROP) MutinyEmitter<byte[]> heartbeats) {
        this.facts = facts;
        this.heartbeats = heartbeats;
    }

    /// Lets commands in: first those that a former process left unfinished, then new ones.
    public void open(CommandWorker<?> commands) {
        commands.recover();
        worker.complete(commands);
    }

    @Override
    public void publish(Fact fact, String requestId) {
        try {
            send(facts, fact.key(), new Envelope<>(UUID.randomUUID(), requestId, clock.instant(), fact));
        } catch (RuntimeException e) {
            throw new StasisException(ErrorCode.BUS_UNAVAILABLE, "the bus did not take a fact", e);
        }
    }

    @Override
    public void tell(Fact fact, String requestId) {
        Envelope<Fact> envelope = new Envelope<>(UUID.randomUUID(), requestId, clock.instant(), fact);
        sending(facts, fact.key(), envelope)
                .subscribe()
                .with(_ -> {}, e -> LOG.debugf(e, "News were lost key=%s", fact.key()));
    }

    /// Tells that this worker lives. A lost heartbeat is not an error: the next one comes.
    ///
    /// @param worker the host, backend or store, as the topic key
    /// @return whether the bus took it
    public boolean beat(String worker, Heartbeat heartbeat) {
        try {
            send(heartbeats, worker, new Envelope<>(UUID.randomUUID(), "", clock.instant(), heartbeat));
            return true;
        } catch (RuntimeException e) {
            LOG.debugf("A heartbeat was lost worker=%s", worker);
            return false;
        }
    }

    /// One record after the other: returns (and so acknowledges) when the command is in the journal.
    @Incoming("commands")
    @Blocking
    void receive(ConsumerRecord<String, byte[]> kafkaRecord) throws InterruptedException, ExecutionException {
        CommandWorker<?> commands = worker.get();
        Envelope<Message> envelope = codec.decode(kafkaRecord.headers(), kafkaRecord.value());
        if (envelope.payload() instanceof Command command) {
            commands.submit(new Envelope<>(envelope.id(), envelope.requestId(), envelope.sentAt(), command));
        } else {
            throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "a record on a command topic is not a command");
        }
    }

    @PreDestroy
    void close() {
        worker.cancel(false);
    }

    private void send(MutinyEmitter<byte[]> emitter, String key, Envelope<?> envelope) {
        sending(emitter, key, envelope).await().atMost(PUBLISH_DEADLINE);
    }

    private Uni<Void> sending(MutinyEmitter<byte[]> emitter, String key, Envelope<?> envelope) {
        return emitter.sendMessage(org.eclipse.microprofile.reactive.messaging.Message.of(codec.value(envelope))
                .addMetadata(OutgoingKafkaRecordMetadata.<String>builder()
                        .withKey(key)
                        .withHeaders(codec.headers(envelope))
                        .build()));
    }
}
