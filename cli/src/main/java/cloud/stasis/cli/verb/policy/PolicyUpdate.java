package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Change when a policy is due and what it keeps, or switch it on or off.",
        footer = {
            "",
            "Examples:",
            "  stasis policy-update --every 12h --keep last=4 gold",
            "  stasis policy-update --disable gold"
        })
public final class PolicyUpdate extends Verb {
    @Parameters(paramLabel = "POLICY", description = "name or id")
    private String policy = "";

    @Option(names = "--name", paramLabel = "NAME", description = "another name")
    private @Nullable String name;

    @ArgGroup
    private @Nullable Switch turned;

    @Mixin
    private final TermsOptions terms = new TermsOptions();

    /// One of the two.
    static final class Switch {
        @Option(names = "--enable", description = "it runs from now on")
        private boolean on;

        @Option(names = "--disable", description = "it does not run any more; what it made stays")
        private boolean off;
    }

    public PolicyUpdate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ObjectNode body = Json.object();
        if (name != null) {
            body.put("name", name);
        }
        if (turned != null) {
            body.put("enabled", turned.on && !turned.off);
        }
        terms.addTo(body);
        PolicyView.show(output(), cloud().policies().change(cloud().policies().policy(policy), body));
        return ExitCode.OK;
    }
}
