package cloud.stasis.gateway.saga.store;

import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hibernate.StaleStateException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// JTA transactions, repeated when the database could not serialise them.
@ApplicationScoped
class RepeatedTransactions implements Transactions {
    /// Two that collide once rarely collide again, since each waits for a time of its own.
    private static final int MAX_ATTEMPTS = 8;

    private static final long LONGEST_PAUSE_NANOS = 10_000_000;
    private static final int MAX_CAUSES = 12;

    /// Deadlock, lock wait timeout, row changed since it was read, duplicate key (someone else inserted it in
    /// between; the work finds it when it runs again).
    private static final Set<Integer> COLLISIONS = Set.of(1213, 1205, 1020, 1062);

    private static final Logger LOG = Logger.getLogger(RepeatedTransactions.class);

    private final TransactionSynchronizationRegistry synchronizations;

    RepeatedTransactions(TransactionSynchronizationRegistry synchronizations) {
        this.synchronizations = synchronizations;
    }

    @Override
    public <T> T call(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return QuarkusTransaction.requiringNew().call(work::get);
            } catch (RuntimeException e) {
                if (isCausedBy(e, RepeatedTransactions::isDisconnection)) {
                    throw new StasisException(
                            ErrorCode.DATABASE_UNAVAILABLE, "The database is not available now. Try again later.", e);
                }
                if (attempt == MAX_ATTEMPTS || !isCausedBy(e, RepeatedTransactions::isCollision)) {
                    throw e;
                }
                LOG.debugf("Repeating a transaction attempt=%s reason=%s", attempt, e.getMessage());
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS * attempt));
            }
        }
    }

    @Override
    public void afterCommit(Runnable action) {
        synchronizations.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                if (status == Status.STATUS_COMMITTED) {
                    action.run();
                }
            }
        });
    }

    private static boolean isCausedBy(Throwable failure, Predicate<Throwable> test) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (test.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isCollision(Throwable cause) {
        return switch (cause) {
            case OptimisticLockException ignored -> true;
            case PessimisticLockException ignored -> true;
            case LockTimeoutException ignored -> true;
            case StaleStateException ignored -> true;
            case SQLException sql -> COLLISIONS.contains(sql.getErrorCode());
            default -> false;
        };
    }

    private static boolean isDisconnection(Throwable cause) {
        return cause instanceof SQLException sql
                && (String.valueOf(sql.getSQLState()).startsWith("08")
                        || String.valueOf(sql.getMessage()).startsWith("Acquisition timeout"));
    }
}
