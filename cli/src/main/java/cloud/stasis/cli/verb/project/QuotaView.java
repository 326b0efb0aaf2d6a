package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Output;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How quotas are shown: those of servers and those of volumes as one table; those of snapshots as another.
final class QuotaView {
    private static final List<Column<Row>> COLUMNS = List.of(
            Column.of("Quota", Row::word),
            Column.number("In use", row -> Json.text(row.json(), "in_use")),
            Column.number("Limit", row -> Json.text(row.json(), "limit")));

    private static final List<Column<Row>> SNAPSHOT_COLUMNS = List.of(
            Column.of("Quota", Row::word),
            Column.number("In use", row -> Json.text(row.json(), "used")),
            Column.number("Limit", row -> Json.text(row.json(), "limit")));

    private QuotaView() {}

    private record Row(String word, JsonNode json) implements Output.Shown {}

    static void show(Cloud cloud, Output output, String project) {
        JsonNode compute = cloud.compute().quota(project);
        JsonNode volume = cloud.volumes().quota(project);
        if (output.format() == Format.TABLE) {
            List<Row> rows = new ArrayList<>();
            for (JsonNode service : List.of(compute, volume)) {
                rows(service).forEach(rows::add);
            }
            output.list(COLUMNS, rows);
        } else {
            ObjectNode document = Json.object();
            document.set("compute", compute);
            document.set("volume", volume);
            output.document(document);
        }
    }

    /// @param quotas as the snapshot API tells them
    static void show(Output output, JsonNode quotas) {
        if (output.format() == Format.TABLE) {
            output.list(SNAPSHOT_COLUMNS, rows(quotas).toList());
        } else {
            output.document(quotas);
        }
    }

    private static Stream<Row> rows(JsonNode quotas) {
        return quotas.properties().stream()
                .filter(quota -> quota.getValue().isObject())
                .map(QuotaView::row);
    }

    private static Row row(Map.Entry<String, JsonNode> quota) {
        return new Row(quota.getKey(), quota.getValue());
    }
}
