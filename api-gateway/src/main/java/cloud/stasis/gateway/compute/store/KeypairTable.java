package cloud.stasis.gateway.compute.store;

import cloud.stasis.gateway.compute.Keypair;
import cloud.stasis.gateway.compute.Keypairs;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/// The table `keypair`.
@ApplicationScoped
class KeypairTable implements Keypairs {
    private final Rows rows;

    KeypairTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public Optional<Keypair> find(UserId user, String name) {
        return rows.findByIdOptional(new KeypairEntity.Key(user.value(), name)).map(KeypairTable::read);
    }

    @Override
    public List<Keypair> of(UserId user) {
        return rows.find("userId = ?1 order by name", user.value()).stream()
                .map(KeypairTable::read)
                .toList();
    }

    @Override
    public void add(Keypair keypair) {
        KeypairEntity row = new KeypairEntity();
        row.userId = keypair.user().value();
        row.name = keypair.name();
        row.type = keypair.type();
        row.publicKey = keypair.publicKey();
        row.fingerprint = keypair.fingerprint();
        row.createdAt = keypair.createdAt();
        rows.persist(row);
    }

    @Override
    public void remove(UserId user, String name) {
        rows.delete("userId = ?1 and name = ?2", user.value(), name);
    }

    private static Keypair read(KeypairEntity row) {
        return new Keypair(new UserId(row.userId), row.name, row.type, row.publicKey, row.fingerprint, row.createdAt);
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<KeypairEntity, KeypairEntity.Key> {}
}
