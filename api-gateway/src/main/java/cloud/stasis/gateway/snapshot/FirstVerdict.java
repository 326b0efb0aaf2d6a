package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.snapshot.Verdict.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What could be made of a snapshot when it had just been taken: it is kept with it, so that whoever takes one learns
/// on the first day that it is less than hoped for, and later what has changed. Of hosts, only how many.
///
/// @param revert of the snapshot's own server
/// @param clones what hosts could make a new server of, the best first
public record FirstVerdict(Instant at, Judged revert, List<Judged> clones) {
    /// More kinds of hosts than that say nothing more.
    private static final int MAX_KINDS = 16;

    public FirstVerdict {
        clones = List.copyOf(clones);
    }

    /// @param hosts that say so
    public record Judged(Outcome outcome, List<String> reasons, int hosts) {
        public Judged {
            reasons = List.copyOf(reasons);
        }
    }

    private record Kind(Outcome outcome, List<String> reasons) {}

    static FirstVerdict of(Verdict verdict, Instant at) {
        Map<Kind, Integer> kinds = new LinkedHashMap<>();
        verdict.clones().forEach(on -> kinds.merge(new Kind(on.outcome(), on.reasons()), 1, Integer::sum));
        List<Judged> clones = new ArrayList<>();
        kinds.forEach((kind, hosts) -> clones.add(new Judged(kind.outcome(), kind.reasons(), hosts)));
        clones.sort(Comparator.comparing(Judged::outcome).thenComparing(Judged::hosts, Comparator.reverseOrder()));
        return new FirstVerdict(
                at,
                new Judged(
                        verdict.revert().outcome(),
                        verdict.revert().reasons(),
                        verdict.revert().host().isPresent() ? 1 : 0),
                clones.subList(0, Math.min(MAX_KINDS, clones.size())));
    }
}
