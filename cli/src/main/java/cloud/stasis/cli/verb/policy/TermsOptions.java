package cloud.stasis.cli.verb.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// When a policy is due and what it keeps.
final class TermsOptions {
    @Option(names = "--every", paramLabel = "TIME", description = "at this distance, such as 30m, 6h or 24h")
    private @Nullable Duration every;

    @Option(
            names = "--cron",
            paramLabel = "TIMES",
            description = "minute, hour, day, month and day of the week, such as '30 2 * * 1-5'")
    private @Nullable String cron;

    @Option(names = "--timezone", paramLabel = "ZONE", description = "of the calendar, such as Europe/Berlin (UTC)")
    private @Nullable String timezone;

    @Option(
            names = "--keep",
            paramLabel = "WHICH=COUNT",
            split = ",",
            description = {
                "how many stay: last, and the newest of each of so many hourly, daily, weekly, monthly;",
                "everything if absent"
            })
    private Map<String, Integer> keep = new LinkedHashMap<>();

    void addTo(ObjectNode body) {
        if (every != null) {
            body.put("interval", every.toString());
        }
        if (cron != null) {
            body.put("cron", cron);
        }
        if (timezone != null) {
            body.put("timezone", timezone);
        }
        if (!keep.isEmpty()) {
            ObjectNode retention = body.putObject("retention");
            keep.forEach((which, count) -> retention.put(which, count));
        }
    }
}
