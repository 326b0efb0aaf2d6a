package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Finds the one resource that a person means by an id or a name. An id is tried first; a resource whose name looks
/// like an id is still found. Two of the same name are an error, never a guess.
final class Lookup {
    private static final Pattern ID =
            Pattern.compile("[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}");
    /// So many are named in the message about an ambiguous name.
    private static final int SHOWN = 5;

    private Lookup() {}

    static boolean isId(String given) {
        return ID.matcher(given).matches();
    }

    /// @param kind the word for messages, such as `server`
    /// @param byId asked only with what looks like a UUID, so that nothing else ever stands in a path
    /// @param byName may answer more than was asked for
    static <R extends Resource> R one(
            String kind, String given, Function<String, Optional<R>> byId, Supplier<List<R>> byName) {
        if (isId(given)) {
            Optional<R> found = byId.apply(given);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return among(kind, given, byName.get());
    }

    /// The one of these that has the given id or name; the id counts more.
    static <R extends Resource> R among(String kind, String given, List<R> all) {
        for (R resource : all) {
            if (resource.id().equals(given)) {
                return resource;
            }
        }
        List<R> named = all.stream().filter(r -> r.name().equals(given)).toList();
        if (named.isEmpty()) {
            throw Failure.local(FailureType.NOT_FOUND, "no " + kind + " with a name or ID of '" + given + "' exists");
        }
        if (named.size() > 1) {
            throw Failure.local(
                    FailureType.NO_UNIQUE_MATCH,
                    "multiple " + kind + " matches found for '" + given + "': " + ids(named)
                            + ". Use an ID to be more specific");
        }
        return named.getFirst();
    }

    private static <R extends Resource> String ids(List<R> named) {
        String ids =
                String.join(", ", named.stream().limit(SHOWN).map(Resource::id).toList());
        return named.size() > SHOWN ? ids + " and " + (named.size() - SHOWN) + " more" : ids;
    }
}
