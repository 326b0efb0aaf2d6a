package cloud.stasis.machine;

import java.util.Locale;

/// How the guest's instructions are carried out.
public enum VirtType {
    /// By the CPU.
    KVM,
    /// Translated by QEMU.
    QEMU,
    /// Not at all.
    SIMULATED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
