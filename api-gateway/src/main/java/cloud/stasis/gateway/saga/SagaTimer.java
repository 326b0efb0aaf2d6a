package cloud.stasis.gateway.saga;

import cloud.stasis.model.SagaId;
import java.time.Clock;
import java.util.List;
import org.jboss.logging.Logger;

/// Wakes sagas whose worker was silent for too long, on a thread of its own. Several gateways may wake the same
/// one: the first moves the time, the others find nothing to do.
public final class SagaTimer {
    /// Woken in one go; more wait for the next.
    private static final int BATCH = 100;

    private static final Logger LOG = Logger.getLogger(SagaTimer.class);

    private final Transactions transactions;
    private final SagaLog log;
    private final SagaRunner runner;
    private final Clock clock;
    private final Ticker ticker;

    public SagaTimer(Transactions transactions, SagaLog log, SagaRunner runner, Patience patience, Clock clock) {
        this.transactions = transactions;
        this.log = log;
        this.runner = runner;
        this.clock = clock;
        this.ticker = new Ticker("saga-timer", patience.lateness(), this::wakeDue);
    }

    public void start() {
        ticker.start();
    }

    /// Wakes all whose time has come.
    void wakeDue() {
        List<SagaId> due = transactions.call(() -> log.due(clock.instant(), BATCH));
        for (SagaId saga : due) {
            try {
                transactions.run(() -> runner.wake(saga));
            } catch (RuntimeException e) {
                LOG.errorf(e, "A saga could not be woken sagaId=%s", saga);
            }
        }
    }

    /// Returns when its thread has ended.
    public void close() throws InterruptedException {
        ticker.close();
    }
}
