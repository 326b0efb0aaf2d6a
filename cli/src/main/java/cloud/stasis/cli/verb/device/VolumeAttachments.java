package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Attachments.Attachment;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"List the volumes of a server."},
        footer = {"", "Examples:", "  stasis volume-attachments web-1"})
public final class VolumeAttachments extends Verb {
    private static final List<Column<Attachment>> COLUMNS = List.of(
            Column.id("Volume", Attachment::volume),
            Column.of("Device", attachment -> attachment.text("device")),
            Column.of("Tag", attachment -> attachment.text("tag")),
            Column.of("Deleted with the server", attachment -> attachment.text("delete_on_termination")));

    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public VolumeAttachments(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().attachments().of(cloud().compute().server(server)));
        return ExitCode.OK;
    }
}
