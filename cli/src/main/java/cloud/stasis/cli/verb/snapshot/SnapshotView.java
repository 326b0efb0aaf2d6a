package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.FirstVerdict;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.SnapshotPart;
import cloud.stasis.cli.cloud.StoredSize;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How snapshots are shown: what they are, what they are made of, and the receipt of the capture.
final class SnapshotView {
    static final List<Column<Snapshot>> LIST = List.of(
            Column.id("ID", Snapshot::id),
            Column.of("Name", Snapshot::name),
            Column.status("Status", Snapshot::status),
            Column.id("Server", Snapshot::server),
            Column.of("Memory", snapshot -> snapshot.hasMemory() ? "yes" : "no"),
            Column.number("Size", snapshot -> size(snapshot.size())),
            Column.number("Own", snapshot -> size(snapshot.own())),
            Column.of("Taken at", snapshot -> Quantities.time(snapshot.takenAt())));

    private static final List<Column<SnapshotPart>> PARTS = List.of(
            Column.of("Part", part -> any(part, "name", "target", "part")),
            Column.of("Kind", part -> any(part, "kind", "type")),
            Column.number("Size", part -> bytes(part.json().path("size"))));

    private static final List<Column<SnapshotPart>> TRANSFERS = List.of(
            Column.of("Part", part -> any(part, "part")),
            Column.of("Mode", part -> any(part, "mode")),
            Column.number("Read", part -> bytes(part.json().path("read"))),
            Column.number("Sent", part -> bytes(part.json().path("sent"))),
            Column.number("Shared", part -> bytes(part.json().path("shared"))),
            Column.of("Reason", part -> any(part, "reason")));

    /// Shown as tables of their own.
    private static final Set<String> NESTED = Set.of("parts", "stored", "receipt", "first_verdict", "links");

    private SnapshotView() {}

    static void show(Output output, Snapshot snapshot) {
        output.one(snapshot, properties(snapshot));
        output.appendix("Parts", PARTS, snapshot.parts());
        JsonNode receipt = snapshot.receipt();
        List<SnapshotPart> transfers = new ArrayList<>();
        receipt.path("transfers").forEach(transfer -> transfers.add(new SnapshotPart(transfer)));
        output.appendix("Transfers", TRANSFERS, transfers);
    }

    private static List<Property> properties(Snapshot snapshot) {
        List<Property> rows = new ArrayList<>();
        snapshot.json().properties().forEach(field -> {
            if (field.getKey().equals("size")) {
                rows.add(new Property("size", size(snapshot.size())));
            } else if (!NESTED.contains(field.getKey())) {
                rows.add(new Property(field.getKey(), Output.compact(field.getValue())));
            }
        });
        rows.addAll(new StoredSize(snapshot.json().path("stored")).rows());
        snapshot.receipt().properties().forEach(field -> {
            if (!field.getKey().equals("transfers")) {
                rows.add(new Property("receipt: " + field.getKey(), Output.compact(field.getValue())));
            }
        });
        new FirstVerdict(snapshot.json().path("first_verdict"))
                .lines()
                .forEach((what, line) -> rows.add(new Property("at first: " + what, line)));
        return rows;
    }

    static String size(Optional<ByteCount> size) {
        return size.map(Quantities::bytes).orElse("-");
    }

    private static String bytes(JsonNode count) {
        return count.isIntegralNumber() && count.asLong() >= 0
                ? Quantities.bytes(ByteCount.ofBytes(count.asLong()))
                : "-";
    }

    private static String any(SnapshotPart part, String... fields) {
        for (String field : fields) {
            String text = Json.text(part.json(), field);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "-";
    }
}
