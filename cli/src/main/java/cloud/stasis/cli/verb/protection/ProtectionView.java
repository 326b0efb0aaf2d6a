package cloud.stasis.cli.verb.protection;

import cloud.stasis.cli.cloud.Protection;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.model.ByteCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How standbys are shown.
final class ProtectionView {
    private ProtectionView() {}

    static List<Column<Protection>> list(Instant now) {
        return List.of(
                Column.id("Server", Protection::server),
                Column.status("Status", Protection::status),
                Column.of("Health", protection -> protection.text("health")),
                Column.of("Interval", protection -> fine(Optional.of(protection.interval()))),
                Column.of("Behind", protection -> fine(protection.age(now))),
                Column.of("Output", protection -> protection.text("output")),
                Column.of("Fails over", ProtectionView::failsOver));
    }

    static void show(Output output, Protection protection, Instant now) {
        List<Property> properties = new ArrayList<>(List.of(
                new Property("id", protection.id()),
                new Property("server", protection.server()),
                new Property("status", protection.condition()),
                new Property("reason", protection.text("reason")),
                new Property("interval", fine(Optional.of(protection.interval()))),
                new Property("interval in force", fine(protection.intervalInForce())),
                new Property("output", protection.text("output")),
                new Property("fails over", failsOver(protection)),
                new Property("epoch", Long.toString(protection.epoch())),
                new Property("epoch at", Quantities.time(protection.text("epoch_at"))),
                new Property("behind", fine(protection.age(now))),
                new Property("pause", fine(protection.pause())),
                new Property("sent", sent(protection)),
                new Property("since", Quantities.time(protection.text("created_at")))));
        for (String host : List.of("source_host", "standby_host")) {
            if (!protection.text(host).isEmpty()) {
                properties.add(new Property(host.replace('_', ' '), protection.text(host)));
            }
        }
        output.one(protection, properties);
    }

    private static String failsOver(Protection protection) {
        return protection.isAutomatic() ? "by itself" : "when told to";
    }

    private static String sent(Protection protection) {
        return protection.json().path("sent_bytes").isIntegralNumber()
                ? Quantities.bytes(
                        new ByteCount(protection.json().path("sent_bytes").longValue()))
                : "";
    }

    private static String fine(Optional<Duration> time) {
        return time.map(Quantities::fine).orElse("");
    }
}
