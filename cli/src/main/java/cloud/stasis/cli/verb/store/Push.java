package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Stores.Direction;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.verb.Tools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Bring images and snapshots to the store of another site, with all that they need.",
            "Only what that site lacks travels. Cut off, it goes on when it is asked for again."
        },
        footer = {
            "",
            "Examples:",
            "  stasis push --to lyon before-upgrade",
            "  stasis push --to lyon --name 'nightly-*' --rate 20M",
            "  stasis push --to lyon --all --no-wait"
        })
public final class Push extends OrderVerb {
    @Parameters(
            arity = "0..*",
            paramLabel = "BUNDLE",
            description = "image or snapshot, by name or id; or image/<id>, snapshot/<id>")
    private List<String> bundles = new ArrayList<>();

    @Option(names = "--to", paramLabel = "PEER", required = true, description = "the site, as its operator called it")
    private String peer = "";

    @Mixin
    private final ChoiceOptions choice = new ChoiceOptions();

    @Mixin
    private final RateOption rate = new RateOption();

    public Push(Tools tools) {
        super(tools);
    }

    @Override
    Job order() {
        return cloud().stores()
                .copy(
                        Direction.PUSH,
                        peer,
                        choice.choice(bundles, this::resolve),
                        rate.bytesPerSecond(),
                        Optional.empty());
    }

    private String resolve(String nameOrId) {
        try {
            Image image = cloud().images().image(nameOrId);
            return "image/" + image.id();
        } catch (Failure noSuchImage) {
            if (!noSuchImage.is(FailureType.COMMAND_ERROR) && !noSuchImage.is(FailureType.NOT_FOUND)) {
                throw noSuchImage;
            }
            return "snapshot/" + cloud().snapshots().snapshot(nameOrId).id();
        }
    }
}
