package cloud.stasis.gateway.job;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Optional;
import java.util.function.Supplier;

/// Requests that may be sent again. A client token makes a request repeatable: the same token gives the same job.
public final class RepeatableRequests {
    private final Transactions transactions;
    private final Jobs jobs;

    public RepeatableRequests(Transactions transactions, Jobs jobs) {
        this.transactions = transactions;
        this.jobs = jobs;
    }

    /// Does `work` in one transaction, unless the token says that it was done.
    ///
    /// @throws StasisException `WRONG_STATE` if the token was used for another kind of job
    public Job once(Caller caller, Optional<ClientToken> token, JobKind kind, Supplier<Job> work) {
        return transactions.call(() -> within(caller, token, kind, work));
    }

    /// As [#once], as a part of the caller's transaction.
    public Job within(Caller caller, Optional<ClientToken> token, JobKind kind, Supplier<Job> work) {
        Optional<Job> known = token.flatMap(name -> jobs.named(caller.project(), name));
        if (known.isEmpty()) {
            return work.get();
        }
        if (known.get().kind() != kind) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "This Idempotency-Key was used for another request: use a new one for each.");
        }
        return known.get();
    }
}
