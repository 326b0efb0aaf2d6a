package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.Job;
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
            "Make the cloud know the images and snapshots that its store has, as after a disaster.",
            "Their projects are made again where they are gone. What is known stays as it is."
        },
        footer = {
            "",
            "Examples:",
            "  stasis store-adopt --all",
            "  stasis store-adopt --project 0a1b2c3d snapshot/55555555-5555-4555-8555-555555555555"
        })
public final class StoreAdopt extends OrderVerb {
    @Parameters(arity = "0..*", paramLabel = "BUNDLE", description = "image/<id> or snapshot/<id>")
    private List<String> bundles = new ArrayList<>();

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "to which all of it shall belong (id); without it, to whom the bundles say")
    private @Nullable String project;

    @Mixin
    private final ChoiceOptions choice = new ChoiceOptions();

    public StoreAdopt(Tools tools) {
        super(tools);
    }

    @Override
    Job order() {
        return cloud().stores().adopt(choice.choice(bundles, StoreAdopt::refuse), Optional.ofNullable(project));
    }

    private static String refuse(String given) {
        throw Failure.command(
                "'" + given + "' is not image/<id> or snapshot/<id>; --name finds bundles by their names");
    }
}
