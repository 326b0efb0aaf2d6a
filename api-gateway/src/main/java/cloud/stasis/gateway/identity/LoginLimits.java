package cloud.stasis.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who may try a password now. Three counts of failures, each of which slows down another kind of guessing:
///
/// ```
/// address            many passwords or many accounts, from one place
/// account + address  many passwords of one account, from one place
/// account            many passwords of one account, from many places
/// ```
/// The last one would let anybody who has many addresses lock out whom he likes; so it does not count where the account
/// has logged in before. Why: `docs/decisions/0230-nobody-locks-others-out.md`.
public final class LoginLimits {
    /// About 10 MiB at most.
    private static final int MAX_KNOWN = 100_000;

    private static final Duration KNOWN_FOR = Duration.ofDays(30);

    private final LoginLimiter perAddress;
    private final LoginLimiter perPair;
    private final LoginLimiter perAccount;
    private final Cache<String, Boolean> known = Caffeine.newBuilder()
            .maximumSize(MAX_KNOWN)
            .expireAfterWrite(KNOWN_FOR)
            .build();

    public LoginLimits(LoginLimiter perAddress, LoginLimiter perPair, LoginLimiter perAccount) {
        this.perAddress = perAddress;
        this.perPair = perPair;
        this.perAccount = perAccount;
    }

    /// How long they must wait; empty if they may try now.
    Optional<Duration> refused(List<String> accounts, String address) {
        Optional<Duration> wait = perAddress.refused(address);
        for (String account : accounts) {
            String pair = pair(account, address);
            wait = wait.or(() -> perPair.refused(pair));
            if (known.getIfPresent(pair) == null) {
                wait = wait.or(() -> perAccount.refused(account));
            }
        }
        return wait;
    }

    void failed(List<String> accounts, String address) {
        perAddress.failed(address);
        for (String account : accounts) {
            perPair.failed(pair(account, address));
            perAccount.failed(account);
        }
    }

    /// Forgives what was tried from there. What others try elsewhere goes on to count.
    void succeeded(List<String> accounts, String address) {
        for (String account : accounts) {
            perPair.succeeded(pair(account, address));
            known.put(pair(account, address), true);
        }
    }

    private static String pair(String account, String address) {
        return address + " " + account;
    }
}
