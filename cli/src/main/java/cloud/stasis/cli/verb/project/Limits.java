package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        description = {"Show how much the project may have of servers and volumes, and has."},
        footer = {"", "Examples:", "  stasis limits", "  stasis limits --json | jq .compute.maxTotalCores"})
public final class Limits extends Verb {

    public Limits(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        JsonNode compute = cloud().compute().limits();
        JsonNode volume = cloud().volumes().limits();
        if (output().format() == Format.TABLE) {
            List<Property> rows = new ArrayList<>();
            for (JsonNode service : List.of(compute, volume)) {
                service.properties()
                        .forEach(limit -> rows.add(
                                new Property(limit.getKey(), limit.getValue().asText())));
            }
            output().properties(rows);
        } else {
            ObjectNode document = Json.object();
            document.set("compute", compute);
            document.set("volume", volume);
            output().document(document);
        }
        return ExitCode.OK;
    }
}
