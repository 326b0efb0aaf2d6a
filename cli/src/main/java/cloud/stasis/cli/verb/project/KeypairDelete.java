package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.cloud.Named;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Delete key pairs. Servers that were booted with them keep the keys."},
        footer = {"", "Examples:", "  stasis keypair-delete laptop"})
public final class KeypairDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "names")
    private List<String> names = new ArrayList<>();

    public KeypairDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(names, name -> {
            cloud().compute().deleteKeypair(name);
            output().say("Key pair " + name + " has been deleted.");
            return new Named(Json.object().put("name", name));
        });
    }
}
