package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.snapshot.FirstVerdict;
import cloud.stasis.gateway.snapshot.FirstVerdict.Judged;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What could be made of a snapshot when it had just been taken; `verdict` says what it is now.
///
/// @param revert of its own server
/// @param clones a new server: what hosts could make of it, the best first
public record FirstVerdictView(Instant at, JudgedView revert, List<JudgedView> clones) {

    /// @param outcome `with_memory`, `disks_only` or `none`
    /// @param reasons why it is not more
    /// @param hosts how many say so
    public record JudgedView(String outcome, List<String> reasons, int hosts) {
        static JudgedView of(Judged judged) {
            return new JudgedView(judged.outcome().name().toLowerCase(Locale.ROOT), judged.reasons(), judged.hosts());
        }
    }

    static FirstVerdictView of(FirstVerdict verdict) {
        return new FirstVerdictView(
                verdict.at(),
                JudgedView.of(verdict.revert()),
                verdict.clones().stream().map(JudgedView::of).toList());
    }
}
