package cloud.stasis.gateway.bus;

import cloud.stasis.bus.RecordCodec;
import cloud.stasis.gateway.outbox.CommandSender;
import cloud.stasis.gateway.outbox.OutboxRow;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/// Commands to Kafka.
@ApplicationScoped
class KafkaCommandSender implements CommandSender {
    /// Longer than the producer tries. Well within the time that the relay's transaction may take.
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /// More than the relay hands over at once.
    private static final int BUFFER = 512;

    private static final Logger LOG = Logger.getLogger(KafkaCommandSender.class);

    private final RecordCodec codec = new RecordCodec();
    private final MutinyEmitter<byte[]> commands;
    private final TopicKeeper topics;

    KafkaCommandSender(
            @Channel("commands") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = BUFFER)
                    MutinyEmitter<byte[]> commands,
            TopicKeeper topics) {
        this.commands = commands;
        this.topics = topics;
    }

    @Override
    public Collection<Long> send(List<OutboxRow> rows) {
        Map<Long, CompletableFuture<Void>> underWay = new LinkedHashMap<>();
        for (OutboxRow row : rows) {
            if (topics.ensure(row.topic())) {
                underWay.put(row.number(), commands.sendMessage(message(row)).subscribeAsCompletionStage());
            }
        }
        Instant deadline = Instant.now().plus(DEADLINE);
        List<Long> acknowledged = new ArrayList<>();
        underWay.forEach((number, sent) -> {
            if (isAcknowledged(sent, Duration.between(Instant.now(), deadline))) {
                acknowledged.add(number);
            }
        });
        return acknowledged;
    }

    private Message<byte[]> message(OutboxRow row) {
        return Message.of(codec.value(row.command()))
                .addMetadata(OutgoingKafkaRecordMetadata.<String>builder()
                        .withTopic(row.topic())
                        .withKey(row.command().payload().key())
                        .withHeaders(codec.headers(row.command()))
                        .build());
    }

    private static boolean isAcknowledged(CompletableFuture<Void> sent, Duration limit) {
        try {
            sent.get(Math.max(0, limit.toMillis()), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The broker did not take a command", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
