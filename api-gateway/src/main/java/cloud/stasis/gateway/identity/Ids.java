package cloud.stasis.gateway.identity;

import java.util.UUID;

/// Makes ids as Keystone does: 32 hexadecimal digits.
final class Ids {
    private Ids() {}

    static String random() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
