package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.messages.ComputeCommand.TpmModel;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A TPM by swtpm, a process beside QEMU that libvirt starts and ends. What it keeps is in a directory of libvirt's
/// that is made, with keys and certificates, when the machine is first on.
final class Swtpm {
    private static final Path PROGRAM = Path.of("/usr/bin/swtpm");
    private static final Path SETUP = Path.of("/usr/bin/swtpm_setup");

    private Swtpm() {}

    static void add(Xml devices, TpmModel model) {
        if (Files.notExists(PROGRAM) || Files.notExists(SETUP)) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_FAILED,
                    "this host has no TPM: its operator has to install swtpm and swtpm-tools");
        }
        devices.add("tpm", tpm -> {
            tpm.with(
                    "model",
                    switch (model) {
                        case CRB -> "tpm-crb";
                        case TIS -> "tpm-tis";
                    });
            tpm.add("backend").with("type", "emulator").with("version", "2.0");
        });
    }
}
