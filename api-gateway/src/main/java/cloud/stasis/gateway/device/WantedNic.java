package cloud.stasis.gateway.device;

import java.util.Optional;

/// A network interface that a tenant asks for.
///
/// @param network its id or its name; empty for the only one there is
/// @param address empty for the next free one
public record WantedNic(Optional<String> network, Optional<String> address) {
    /// Any, if there is a network at all.
    public static final WantedNic ANY = new WantedNic(Optional.empty(), Optional.empty());
}
