package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.util.Optional;

/// Which volumes to list, newest first.
///
/// @param project empty for all projects
/// @param after the last volume of the page before
/// @param skip so many of those that follow
/// @param rows at most so many
public record VolumeQuery(
        Optional<ProjectId> project,
        Optional<String> name,
        Optional<String> status,
        Optional<VolumeId> after,
        int skip,
        int rows) {}
