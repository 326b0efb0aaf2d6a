package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.Stores.Choice;
import cloud.stasis.cli.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Bundles by what they have in common.
final class ChoiceOptions {
    @Option(names = "--name", paramLabel = "PATTERN", description = "those of this name; * stands for anything")
    private @Nullable String name;

    @Option(names = "--owner", paramLabel = "PROJECT", description = "those that say that they are this project's (id)")
    private @Nullable String owner;

    @Option(names = "--kind", paramLabel = "KIND", description = "image, snapshot or state")
    private @Nullable String kind;

    @Option(names = "--all", description = "every image and snapshot")
    private boolean all;

    /// @param given bundles; nothing else may be said then
    /// @param resolve makes the name of a bundle of what was given
    Choice choice(List<String> given, UnaryOperator<String> resolve) {
        boolean filtered = name != null || owner != null || kind != null;
        if (!given.isEmpty() && (filtered || all) || all && filtered) {
            throw Failure.command("name bundles, or say what they have in common, or --all");
        }
        if (given.isEmpty() && !filtered && !all) {
            throw Failure.command(
                    "which bundles? Name some, say what they have in common (--name, --owner, --kind), or" + " --all");
        }
        List<String> bundles = new ArrayList<>();
        given.forEach(one -> bundles.add(isBundle(one) ? one : resolve.apply(one)));
        return new Choice(bundles, Optional.ofNullable(name), Optional.ofNullable(owner), Optional.ofNullable(kind));
    }

    private static boolean isBundle(String text) {
        return text.startsWith("image/") || text.startsWith("snapshot/") || text.startsWith("state/");
    }
}
