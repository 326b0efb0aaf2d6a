package cloud.stasis.gateway.saga;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.JobId;
import cloud.stasis.model.StasisException;
import java.util.List;

/// What tenants and operators do with jobs. Each method that changes something is one transaction.
public final class JobControl {
    private final Transactions transactions;
    private final Jobs jobs;
    private final SagaRunner sagas;
    private final Waiting waiting;

    public JobControl(Transactions transactions, Jobs jobs, SagaRunner sagas, Waiting waiting) {
        this.transactions = transactions;
        this.jobs = jobs;
        this.sagas = sagas;
        this.waiting = waiting;
    }

    /// @throws StasisException `JOB_NOT_FOUND` also if it is somebody else's
    public Job show(Caller caller, JobId id) {
        return jobs.find(id)
                .filter(job -> caller.isAdmin() || job.project().equals(caller.project()))
                .orElseThrow(() -> new StasisException(ErrorCode.JOB_NOT_FOUND, "Job " + id + " could not be found."));
    }

    public List<Job> list(JobQuery query) {
        return jobs.list(query);
    }

    /// Asks a job to turn back. One that turns back already goes on with that.
    ///
    /// @throws StasisException `WRONG_STATE` if it is over, or past the point from which it can
    public Job cancel(Caller caller, JobId id) {
        return transactions.call(() -> {
            Job job = show(caller, id);
            switch (job.state()) {
                case JobState.Running running -> sagas.cancel(running.saga());
                case JobState.Unwinding ignored -> {}
                case JobState.Accepted ignored -> waiting.withdraw(job);
                case JobState.Succeeded ignored -> throw wrongState(id, "is over");
                case JobState.Failed ignored -> throw wrongState(id, "is over");
                case JobState.Stuck ignored -> throw wrongState(id, "is stuck: an operator has to look at it");
            }
            return show(caller, id);
        });
    }

    /// Lets a stuck job try again.
    ///
    /// @throws StasisException `WRONG_STATE` if it is not stuck
    public Job askAgain(Caller caller, JobId id) {
        return transactions.call(() -> {
            if (show(caller, id).state() instanceof JobState.Stuck stuck) {
                sagas.askAgain(stuck.saga());
                return show(caller, id);
            }
            throw wrongState(id, "is not stuck");
        });
    }

    private static StasisException wrongState(JobId id, String why) {
        return new StasisException(ErrorCode.WRONG_STATE, "Job " + id + " " + why + ".");
    }
}
