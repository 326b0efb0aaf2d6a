package cloud.stasis.gateway.compute;

import cloud.stasis.model.UserId;
import java.util.List;
import java.util.Optional;

/// The stored key pairs. Changes must be made within a transaction.
public interface Keypairs {
    Optional<Keypair> find(UserId user, String name);

    /// All of a user's, by name.
    List<Keypair> of(UserId user);

    void add(Keypair keypair);

    void remove(UserId user, String name);
}
