package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.cloud.Policy;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.screen.Quantities;
import java.util.List;

/// How policies are shown.
final class PolicyView {
    static final List<Column<Policy>> LIST = List.of(
            Column.id("ID", Policy::id),
            Column.of("Name", Policy::name),
            Column.of("Takes", Policy::target),
            Column.of("Makes", Policy::action),
            Column.of("When", Policy::timing),
            Column.of("Keeps", Policy::retention),
            Column.of("Next run", policy -> next(policy)));

    static final List<Column<Policy.Result>> RESULTS = List.of(
            Column.of("Run at", result -> Quantities.time(result.text("run_at"))),
            Column.id("Of", result -> result.text("target")),
            Column.status("Status", Policy.Result::status),
            Column.id("Snapshot or backup", result -> result.text("product")),
            Column.of("Reason", result -> result.text("reason")));

    private PolicyView() {}

    static void show(Output output, Policy policy) {
        output.one(
                policy,
                List.of(
                        new Property("id", policy.id()),
                        new Property("name", policy.name()),
                        new Property("takes", policy.target()),
                        new Property("makes", policy.action()),
                        new Property("when", policy.timing()),
                        new Property("keeps", policy.retention()),
                        new Property("last run", Quantities.time(policy.text("last_run"))),
                        new Property("next run", next(policy))));
        output.appendix("Results", RESULTS, policy.results());
    }

    private static String next(Policy policy) {
        return policy.isEnabled() ? Quantities.time(policy.text("next_run")) : "off";
    }
}
