package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import java.util.List;

/// How images are shown.
final class ImageColumns {
    static final List<Column<Image>> LIST = List.of(
            Column.id("ID", Image::id),
            Column.of("Name", Image::name),
            Column.status("Status", Image::status),
            Column.number("Size", image -> image.size().map(Quantities::bytes).orElse("-")),
            Column.of("Format", image -> image.text("disk_format")),
            Column.id("Server", image -> image.text("instance_uuid")));

    private ImageColumns() {}
}
