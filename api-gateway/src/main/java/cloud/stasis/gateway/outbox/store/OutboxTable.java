package cloud.stasis.gateway.outbox.store;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.outbox.OutboxFilled;
import cloud.stasis.gateway.outbox.OutboxQueue;
import cloud.stasis.gateway.outbox.OutboxRow;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.messages.MessageType;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.StoreId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/// The table `outbox`.
@ApplicationScoped
class OutboxTable implements Outbox, OutboxQueue {
    /// Rows handed out in one pass: many for one round to the broker, few for one transaction.
    private static final int BATCH = 200;

    private final Rows rows;
    private final Transactions transactions;
    private final Event<OutboxFilled> filled;
    private final Clock clock;
    private final StoreId store;
    private final MessageCodec codec = new MessageCodec();

    OutboxTable(
            Rows rows,
            Transactions transactions,
            Event<OutboxFilled> filled,
            Clock clock,
            @ConfigProperty(name = "stasis.workers.store-id") String store) {
        this.rows = rows;
        this.transactions = transactions;
        this.filled = filled;
        this.clock = clock;
        this.store = new StoreId(store);
    }

    @Override
    public void send(String topic, CommandId id, Command command, String requestId) {
        OutboxEntity row = new OutboxEntity();
        row.topic = topic;
        row.commandId = id.value();
        row.type = MessageType.of(command).wireName();
        row.payload = codec.encode(command);
        row.requestId = requestId;
        row.createdAt = clock.instant();
        rows.persist(row);
        transactions.afterCommit(() -> filled.fire(new OutboxFilled()));
    }

    @Override
    public String imageTopic() {
        return Topics.commands(store);
    }

    @Override
    public Pass relay(Function<List<OutboxRow>, Collection<Long>> send) {
        return transactions.call(() -> {
            if (!takeTurn()) {
                return Pass.ELSEWHERE;
            }
            List<OutboxRow> waiting = rows.find("order by number").page(0, BATCH).stream()
                    .map(this::read)
                    .toList();
            if (waiting.isEmpty()) {
                return Pass.EMPTY;
            }
            Collection<Long> acknowledged = send.apply(waiting);
            if (!acknowledged.isEmpty()) {
                rows.delete("number in ?1", acknowledged);
            }
            return Pass.WORKED;
        });
    }

    private boolean takeTurn() {
        return !rows.getEntityManager()
                .createNativeQuery("select id from outbox_relay for update skip locked", Object.class)
                .getResultList()
                .isEmpty();
    }

    private OutboxRow read(OutboxEntity row) {
        Command command = (Command) codec.decode(MessageType.ofWireName(row.type), row.payload);
        return new OutboxRow(
                row.number, row.topic, new Envelope<>(row.commandId, row.requestId, row.createdAt, command));
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<OutboxEntity, Long> {}
}
