package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Stores.Direction;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.verb.Tools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Bring images and snapshots of another site here, with all that they need.",
            "Only what is missing travels. What comes belongs to the project that one is logged in to, or to --project."
        },
        footer = {
            "",
            "Examples:",
            "  stasis pull --from lyon snapshot/55555555-5555-4555-8555-555555555555",
            "  stasis pull --from lyon --name 'nightly-*' --kind image --rate 20M",
            "  stasis pull --from lyon --all --project 0a1b2c3d"
        })
public final class Pull extends OrderVerb {
    @Parameters(arity = "0..*", paramLabel = "BUNDLE", description = "image/<id> or snapshot/<id>")
    private List<String> bundles = new ArrayList<>();

    @Option(names = "--from", paramLabel = "PEER", required = true, description = "the site, as its operator called it")
    private String peer = "";

    @Option(names = "--project", paramLabel = "PROJECT", description = "to which what comes shall belong (id)")
    private @Nullable String project;

    @Mixin
    private final ChoiceOptions choice = new ChoiceOptions();

    @Mixin
    private final RateOption rate = new RateOption();

    public Pull(Tools tools) {
        super(tools);
    }

    @Override
    Job order() {
        return cloud().stores()
                .copy(
                        Direction.PULL,
                        peer,
                        choice.choice(bundles, Pull::refuse),
                        rate.bytesPerSecond(),
                        Optional.ofNullable(project));
    }

    private static String refuse(String given) {
        throw Failure.command(
                "'" + given + "' is not image/<id> or snapshot/<id>; --name finds bundles by their names");
    }
}
