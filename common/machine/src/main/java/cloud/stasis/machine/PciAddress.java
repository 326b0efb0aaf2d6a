package cloud.stasis.machine;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// Where a device sits on the only PCI bus. A guest knows its devices by this, so it never changes.
public record PciAddress(int slot) {
    private static final int FIRST_FREE = 2;
    private static final int SLOTS = 32;

    public PciAddress {
        if (slot < FIRST_FREE || slot >= SLOTS) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a device has no valid PCI slot");
        }
    }
}
