package cloud.stasis.gateway.saga;

import cloud.stasis.gateway.job.Job;

/// What keeps jobs that have been accepted and have not begun.
public interface Waiting {
    /// Within a transaction: gives up a job that nobody wants any more. One that has begun meanwhile goes on.
    void withdraw(Job job);
}
