package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Delete volumes that no server uses.")
public final class VolumeDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "VOLUME", description = "names or ids")
    private List<String> volumes = new ArrayList<>();

    public VolumeDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(volumes, given -> {
            cloud().volumes().delete(cloud().volumes().volume(given));
            output().say("Request to delete volume " + given + " has been accepted.");
        });
    }
}
