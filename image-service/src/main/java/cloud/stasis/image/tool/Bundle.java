package cloud.stasis.image.tool;

import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.PartNames;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A bundle as it lies in a store.
///
/// @param id empty if the reference is damaged
/// @param manifest empty if it, or the reference, is damaged
record Bundle(ReferenceName name, Optional<ManifestId> id, Optional<Manifest> manifest) {
    static List<Bundle> all(Repository repository) {
        List<Bundle> bundles = new ArrayList<>();
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            repository.references(kind).stream()
                    .sorted((one, other) -> one.id().compareTo(other.id()))
                    .forEach(name -> read(repository, name).ifPresent(bundles::add));
        }
        return bundles;
    }

    /// @param wanted a reference name, its id, or the name that a person gave it
    /// @throws StasisException `OBJECT_NOT_FOUND` unless exactly one is meant
    static Bundle find(Repository repository, String wanted) {
        List<Bundle> found = all(repository).stream()
                .filter(bundle -> bundle.name.toString().equals(wanted)
                        || bundle.name.id().toString().equals(wanted)
                        || bundle.givenName().equals(Optional.of(wanted)))
                .toList();
        if (found.size() != 1) {
            throw new StasisException(
                    ErrorCode.OBJECT_NOT_FOUND,
                    found.size() + " bundles are called \"" + wanted + "\": `store list` says which there are");
        }
        return found.getFirst();
    }

    long bytes() {
        return manifest.map(known -> known.logicalSize().bytes()).orElse(0L);
    }

    String describe(boolean withMetadata) {
        if (manifest.isEmpty()) {
            return name + "  DAMAGED\n";
        }
        Manifest known = manifest.get();
        StringBuilder text = new StringBuilder(
                "%s  %s  %s%n".formatted(name, known.takenAt(), givenName().orElse("")));
        known.instance().ifPresent(instance -> text.append("    instance %s%n".formatted(instance)));
        known.parent().ifPresent(parent -> text.append("    parent   %s%n".formatted(parent)));
        known.parts()
                .forEach(part -> text.append("    %-12s %d bytes%n"
                        .formatted(PartNames.of(part), part.content().size().bytes())));
        if (withMetadata) {
            new TreeMap<>(known.metadata())
                    .forEach((key, value) -> text.append("    %s = %s%n".formatted(key, printable(value))));
        }
        return text.toString();
    }

    private Optional<String> givenName() {
        return manifest.map(known -> known.metadata().get("name")).map(Bundle::printable);
    }

    /// What tenants write does not reach the terminal as commands.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /// Empty if there is nothing to see under that name yet, or any more.
    private static Optional<Bundle> read(Repository repository, ReferenceName name) {
        Optional<ManifestId> id = Optional.empty();
        try {
            id = repository.reference(name).map(Reference::manifest);
            return id.map(known -> new Bundle(name, Optional.of(known), Optional.of(repository.manifest(known))));
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT && e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                throw e;
            }
            return Optional.of(new Bundle(name, id, Optional.empty()));
        }
    }
}
