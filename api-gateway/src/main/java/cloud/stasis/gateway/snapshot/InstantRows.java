package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Optional;

/// The stored instants of several servers. Changes must be made within a transaction.
public interface InstantRows {
    /// Any project's.
    Optional<SharedInstant> find(InstantId instant);

    /// The newest first.
    ///
    /// @param after the last one of the page before
    /// @param rows at most so many
    List<SharedInstant> list(ProjectId project, Optional<InstantId> after, int rows);

    void add(SharedInstant instant);

    /// It is over. Nothing happens if it is gone.
    void measured(InstantId instant, SharedInstant.Measured how);

    /// Removes it unless there is a snapshot of it. Of two that end at once one finds that it was the last.
    void removeIfEmpty(InstantId instant);
}
