package cloud.stasis.messages;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;

/// Which bundles of a store: those that are named, or that match everything that is asked for. One that asks for
/// nothing means all images and snapshots: backups of the control plane's state are meant only by name or kind.
///
/// @param bundles by their names in the store; if there are any the rest is not looked at
/// @param name as people gave it; `*` stands for anything
/// @param project the id of the owner, as the bundle says
public record BundleChoice(
        List<ReferenceName> bundles,
        Optional<String> name,
        Optional<String> project,
        Optional<ReferenceName.Kind> kind) {
    /// More are chosen by what they have in common.
    public static final int MAX_NAMED = 100;

    public static final BundleChoice ALL =
            new BundleChoice(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public BundleChoice {
        bundles = List.copyOf(bundles);
        if (bundles.size() > MAX_NAMED) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "at most " + MAX_NAMED + " bundles are named at once");
        }
    }

    public static BundleChoice of(ReferenceName bundle) {
        return new BundleChoice(List.of(bundle), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
