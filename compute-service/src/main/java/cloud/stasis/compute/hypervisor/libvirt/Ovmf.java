package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.file.Files;
import java.nio.file.Path;

/// UEFI for virtual machines, as Debian packages it. Its code is shared and never written; each
/// machine has a file of its variables, which libvirt makes of a template when it is not there.
final class Ovmf {
    private static final Path CODE = Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd");
    private static final Path VARIABLES = Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd");

    private Ovmf() {}

    static void add(Xml os, Path nvram) {
        if (Files.notExists(CODE) || Files.notExists(VARIABLES)) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_FAILED, "this host has no UEFI firmware: its operator has to install ovmf");
        }
        os.add("loader").with("readonly", "yes").with("type", "pflash").text(CODE.toString());
        os.add("nvram").with("template", VARIABLES).text(nvram.toString());
    }
}
