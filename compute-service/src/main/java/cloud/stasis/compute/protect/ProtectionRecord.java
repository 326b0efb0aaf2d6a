package cloud.stasis.compute.protect;

import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import java.net.URI;

/// `protection.json` of an instance: that it is protected, and how.
record ProtectionRecord(ProtectionId protection, URI standby, String secret, ProtectionSettings settings) {
    @Override
    public String toString() {
        return "ProtectionRecord[protection=" + protection + ", standby=" + standby + ", settings=" + settings + "]";
    }
}
