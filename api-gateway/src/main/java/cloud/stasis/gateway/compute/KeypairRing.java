package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/// What a user does with key pairs.
public final class KeypairRing {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9 @._-]{1,255}");
    private static final Pattern KEY = Pattern.compile("(ssh|ecdsa|sk)-[a-zA-Z0-9@.-]+ ([A-Za-z0-9+/=]+)( .*)?");

    private final Transactions transactions;
    private final Keypairs keypairs;
    private final Quotas quotas;
    private final Clock clock;

    public KeypairRing(Transactions transactions, Keypairs keypairs, Quotas quotas, Clock clock) {
        this.transactions = transactions;
        this.keypairs = keypairs;
        this.quotas = quotas;
        this.clock = clock;
    }

    public List<Keypair> list(Caller caller) {
        return keypairs.of(caller.user());
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Keypair show(Caller caller, String name) {
        return keypairs.find(caller.user(), name)
                .orElseThrow(() ->
                        new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Keypair could not be found for this user."));
    }

    /// @throws StasisException `INVALID_REQUEST`, `NAME_TAKEN`, `QUOTA_EXCEEDED`
    public Keypair add(Caller caller, String name, String publicKey) {
        String trimmed = publicKey.strip();
        var form = KEY.matcher(trimmed);
        if (!NAME.matcher(name).matches() || !form.matches()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Keypair data is invalid: a name of letters, digits, blanks, '@', '.', '_' and '-', and a public key"
                            + " in OpenSSH form are required.");
        }
        Keypair keypair = new Keypair(caller.user(), name, "ssh", trimmed, fingerprint(form.group(2)), clock.instant());
        transactions.run(() -> {
            quotas.requireOne(
                    caller, Resource.KEYPAIRS, () -> keypairs.of(caller.user()).size());
            if (keypairs.find(caller.user(), name).isPresent()) {
                throw new StasisException(ErrorCode.NAME_TAKEN, "Key pair '" + name + "' already exists.");
            }
            keypairs.add(keypair);
        });
        return keypair;
    }

    public void remove(Caller caller, String name) {
        transactions.run(() -> {
            show(caller, name);
            keypairs.remove(caller.user(), name);
        });
    }

    /// As ssh-keygen writes it with `-E md5`, which is what the compute API promises.
    private static String fingerprint(String base64) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("MD5").digest(Base64.getDecoder().decode(base64));
            return HexFormat.ofDelimiter(":").formatHex(digest);
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "Keypair data is invalid: not base64.", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
