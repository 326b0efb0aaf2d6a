package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.Optional;

/// What operators ask of the store. Each order is a job, and may be given again.
public final class StoreOrders {
    private final Transactions transactions;
    private final Projects projects;
    private final SagaRunner sagas;
    private final AdoptBundles adoptBundles;
    private final CopyBundles copyBundles;
    private final Clock clock;

    public StoreOrders(
            Transactions transactions,
            Projects projects,
            SagaRunner sagas,
            AdoptBundles adoptBundles,
            CopyBundles copyBundles,
            Clock clock) {
        this.transactions = transactions;
        this.projects = projects;
        this.sagas = sagas;
        this.adoptBundles = adoptBundles;
        this.copyBundles = copyBundles;
        this.clock = clock;
    }

    /// @param assigned to whom everything shall belong; without it to whom the bundles say
    public Job adopt(Caller caller, BundleChoice choice, Optional<ProjectId> assigned) {
        return transactions.call(() -> {
            assigned.ifPresent(this::require);
            return begin(
                    caller, JobKind.ADOPT_BUNDLES, new Start<>(adoptBundles, new AdoptBundles.Data(choice, assigned)));
        });
    }

    public Job copy(Caller caller, ImageCommand.CopyBundles order) {
        return transactions.call(() -> {
            order.assigned().ifPresent(this::require);
            JobKind kind =
                    switch (order.direction()) {
                        case PULL -> JobKind.PULL_BUNDLES;
                        case PUSH -> JobKind.PUSH_BUNDLES;
                    };
            return begin(caller, kind, new Start<>(copyBundles, new CopyBundles.Data(order, Optional.empty())));
        });
    }

    private Job begin(Caller caller, JobKind kind, Start<?> start) {
        Job job = Job.accepted(caller, caller.project(), kind, JobSubject.NONE, clock.instant());
        sagas.start(SagaId.random(), start, job);
        return job;
    }

    private void require(ProjectId project) {
        if (projects.find(project).filter(found -> !found.isDomain()).isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "There is no project " + project + ".");
        }
    }
}
