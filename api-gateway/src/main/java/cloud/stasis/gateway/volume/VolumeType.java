package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an operator offers: volumes of one kind, by a name.
///
/// @param extraSpecs what backends of this kind promise
/// @param projects who may use it, if it is private
public record VolumeType(
        VolumeTypeId id,
        String name,
        Optional<String> description,
        Visibility visibility,
        Map<String, String> extraSpecs,
        Set<ProjectId> projects) {
    public VolumeType {
        extraSpecs = Map.copyOf(extraSpecs);
        projects = Set.copyOf(projects);
    }

    public enum Visibility {
        PUBLIC,
        PRIVATE
    }

    public boolean isUsableBy(ProjectId project) {
        return visibility == Visibility.PUBLIC || projects.contains(project);
    }

    public VolumeType described(String newName, Optional<String> newDescription, Visibility newVisibility) {
        return new VolumeType(id, newName, newDescription, newVisibility, extraSpecs, projects);
    }

    public VolumeType specified(Map<String, String> specs) {
        return new VolumeType(id, name, description, visibility, specs, projects);
    }

    public VolumeType openTo(Set<ProjectId> others) {
        return new VolumeType(id, name, description, visibility, extraSpecs, others);
    }
}
