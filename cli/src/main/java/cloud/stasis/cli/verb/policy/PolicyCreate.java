package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.model.Quiesce;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make a policy: snapshots or backups at certain times, and how many of them stay.",
            "It takes one server or volume, or all that have some metadata."
        },
        footer = {
            "",
            "Examples:",
            "  stasis policy-create --server web-1 --memory --every 6h \\",
            "      --keep last=8,daily=7 web-1-states",
            "  stasis policy-create --volumes tier=gold --backup --cron '30 2 * * *' \\",
            "      --timezone Europe/Berlin --keep daily=7,weekly=4,monthly=12 gold"
        })
public final class PolicyCreate extends Verb {
    @Parameters(index = "0", paramLabel = "NAME", description = "name of the new policy")
    private String name = "";

    @Option(names = "--server", paramLabel = "SERVER", description = "takes this server (name or id)")
    private @Nullable String server;

    @Option(names = "--volume", paramLabel = "VOLUME", description = "takes this volume (name or id)")
    private @Nullable String volume;

    @Option(names = "--servers", paramLabel = "KEY=VALUE", description = "takes all servers with this metadata")
    private Map<String, String> servers = new LinkedHashMap<>();

    @Option(names = "--volumes", paramLabel = "KEY=VALUE", description = "takes all volumes with this metadata")
    private Map<String, String> volumes = new LinkedHashMap<>();

    @Option(names = "--backup", description = "backups of volumes in the store, instead of snapshots on their backend")
    private boolean backup;

    @Option(names = "--memory", description = "of servers: with the memory")
    private boolean memory;

    @Option(
            names = "--consistency",
            paramLabel = "HOW",
            description = "of servers: file systems at the instant: require (or fail), prefer, none (prefer)")
    private @Nullable Quiesce consistency;

    @Option(names = "--disabled", description = "it is switched on later")
    private boolean disabled;

    @Mixin
    private final TermsOptions terms = new TermsOptions();

    public PolicyCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ObjectNode body = Json.object().put("name", name);
        if (server != null) {
            body.put("server", cloud().compute().server(server).id());
        }
        if (volume != null) {
            body.put("volume", cloud().volumes().volume(volume).id());
        }
        select(body, "servers", servers);
        select(body, "volumes", volumes);
        if (!body.has("server") && !body.has("volume") && !body.has("servers") && !body.has("volumes")) {
            throw Failure.command("of what? Say --server, --volume, --servers or --volumes");
        }
        if (backup) {
            body.put("action", "backup");
        }
        if (memory) {
            body.put("memory", true);
        }
        Optional.ofNullable(consistency)
                .ifPresent(how -> body.put("consistency", how.name().toLowerCase(Locale.ROOT)));
        if (disabled) {
            body.put("enabled", false);
        }
        terms.addTo(body);
        PolicyView.show(output(), cloud().policies().create(body));
        return ExitCode.OK;
    }

    private static void select(ObjectNode body, String what, Map<String, String> metadata) {
        if (!metadata.isEmpty()) {
            ObjectNode pairs = body.putObject(what).putObject("metadata");
            metadata.forEach((key, value) -> pairs.put(key, value));
        }
    }
}
