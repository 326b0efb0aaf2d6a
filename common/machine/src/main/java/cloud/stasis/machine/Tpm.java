package cloud.stasis.machine;

import cloud.stasis.messages.ComputeCommand.TpmModel;
import java.util.Optional;

/// A TPM 2.0 in software.
///
/// @param state what it keeps over a power-off; of a machine that is here that is in its file, and here nothing
public record Tpm(TpmModel model, Optional<PackedFile> state) {

    /// One that knows nothing yet, or whose state is in its file.
    static Tpm fresh(TpmModel model) {
        return new Tpm(model, Optional.empty());
    }

    public Tpm anew() {
        return fresh(model);
    }
}
