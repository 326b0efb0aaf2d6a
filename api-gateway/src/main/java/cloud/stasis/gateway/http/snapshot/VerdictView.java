package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.Verdict;
import cloud.stasis.gateway.snapshot.Verdict.OnHost;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What can be made of a snapshot, as its tenant sees it.
///
/// @param revert of its own server
/// @param clones a new server, on each host
public record VerdictView(String snapshot, OnHostView revert, List<OnHostView> clones) {

    /// @param host for administrators only
    /// @param outcome `with_memory`, `disks_only` or `none`
    /// @param reasons why it is not more, and what will be different
    public record OnHostView(
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String host,

            String outcome,
            List<String> reasons) {
        static OnHostView of(Caller caller, OnHost on) {
            return new OnHostView(
                    caller.isAdmin() ? on.host().map(Object::toString).orElse(null) : null,
                    on.outcome().name().toLowerCase(Locale.ROOT),
                    on.reasons());
        }
    }

    static VerdictView of(Caller caller, Snapshot snapshot, Verdict verdict) {
        return new VerdictView(
                snapshot.id().toString(),
                OnHostView.of(caller, verdict.revert()),
                verdict.clones().stream().map(on -> OnHostView.of(caller, on)).toList());
    }
}
