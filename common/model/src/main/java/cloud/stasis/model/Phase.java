package cloud.stasis.model;

/// Where a long command is; shown in jobs and, in OpenStack's words, in `task_state`.
public enum Phase {
    QUEUED,
    FETCHING_IMAGE,
    STARTING,
    /// Until the instant exists. The guest's next action may follow as soon as this phase is over.
    CAPTURING,
    UPLOADING,
    SEALING,
    /// Bundles on their way between two sites.
    COPYING,
    RESTORING,
    SETTLING,
    DONE
}
