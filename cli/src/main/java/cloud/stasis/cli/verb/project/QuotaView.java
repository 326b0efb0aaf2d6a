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

/// How quotas are shown: those of servers and those of volumes as one table.
final class QuotaView {
    private static final List<Column<Row>> COLUMNS = List.of(
            Column.of("Quota", Row::word),
            Column.number("In use", row -> Json.text(row.json(), "in_use")),
            Column.number("Limit", row -> Json.text(row.json(), "limit")));

    private QuotaView() {}

    private record Row(String word, JsonNode json) implements Output.Shown {}

    static void show(Cloud cloud, Output output, String project) {
        JsonNode compute = cloud.compute().quota(project);
        JsonNode volume = cloud.volumes().quota(project);
        if (output.format() == Format.TABLE) {
            List<Row> rows = new ArrayList<>();
            for (JsonNode service : List.of(compute, volume)) {
                service.properties().stream()
                        .filter(quota -> quota.getValue().isObject())
                        .map(QuotaView::row)
                        .forEach(rows::add);
            }
            output.list(COLUMNS, rows);
        } else {
            ObjectNode document = Json.object();
            document.set("compute", compute);
            document.set("volume", volume);
            output.document(document);
        }
    }

    private static Row row(Map.Entry<String, JsonNode> quota) {
        return new Row(quota.getKey(), quota.getValue());
    }
}
