package cloud.stasis.gateway.bus;

import cloud.stasis.bus.RecordCodec;
import cloud.stasis.gateway.saga.LoggedRequest;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Message;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/// Facts and heartbeats from Kafka.
@ApplicationScoped
class WorkerInbox {
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(WorkerInbox.class);

    private final RecordCodec codec = new RecordCodec();
    private final FactTaker taker;

    WorkerInbox(FactTaker taker) {
        this.taker = taker;
    }

    @Incoming("facts")
    @Blocking
    void fact(ConsumerRecord<String, byte[]> kafkaRecord) throws InterruptedException {
        take(kafkaRecord);
    }

    @Incoming("heartbeats")
    @Blocking
    void heartbeat(ConsumerRecord<String, byte[]> kafkaRecord) throws InterruptedException {
        take(kafkaRecord);
    }

    /// What it throws sends the record to the dead-letter topic.
    private void take(ConsumerRecord<String, byte[]> kafkaRecord) throws InterruptedException {
        Envelope<Message> envelope = codec.decode(kafkaRecord.headers(), kafkaRecord.value());
        try (LoggedRequest _ = LoggedRequest.of(envelope.requestId())) {
            take(envelope, kafkaRecord.key());
        }
    }

    private void take(Envelope<Message> envelope, String key) throws InterruptedException {
        Duration wait = FIRST_WAIT;
        while (true) {
            try {
                taker.take(envelope);
                return;
            } catch (StasisException e) {
                if (e.code() != ErrorCode.DATABASE_UNAVAILABLE) {
                    LOG.errorf(e, "A record could not be taken messageId=%s key=%s", envelope.id(), key);
                    throw e;
                }
                LOG.warnf("The database is away, a record waits messageId=%s", envelope.id());
                Thread.sleep(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
            }
        }
    }
}
