package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.verb.ProgramVersion;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = "Show the version of this program and, with --cloud, of the cloud.",
        footer = {"", "Examples:", "  stasis version", "  stasis version --cloud"})
public final class Version extends Verb {
    @Option(names = "--cloud", description = "ask the cloud as well")
    private boolean askCloud;

    public Version(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ObjectNode version = Json.object()
                .put("stasis", ProgramVersion.TEXT)
                .put("java", Runtime.version().toString());
        if (askCloud) {
            version.put("compute_max_microversion", cloud().compute().maximum());
            for (ServiceType service : ServiceType.values()) {
                version.put(
                        service.name().toLowerCase(Locale.ROOT) + "_endpoint",
                        cloud().session().endpoint(service).toString());
            }
        }
        if (output().format() == Format.TABLE) {
            List<Property> rows = new ArrayList<>();
            version.properties()
                    .forEach(field -> rows.add(
                            new Property(field.getKey(), field.getValue().asText())));
            output().properties(rows);
        } else {
            output().document(version);
        }
        return ExitCode.OK;
    }
}
