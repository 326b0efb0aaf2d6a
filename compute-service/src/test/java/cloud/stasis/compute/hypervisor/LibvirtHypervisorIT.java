package cloud.stasis.compute.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.RealHost;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.Program;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Libvirt and QEMU with the demo guest.
class LibvirtHypervisorIT extends HypervisorContract {
    private RealHost host;
    private InstanceId id;
    private MachineFiles files;

    @BeforeAll
    void boot() {
        host = new RealHost();
        id = host.boot(List.of(DISK));
        files = host.instance(id).files();
    }

    @AfterAll
    void close() {
        host.close();
    }

    @Test
    void hostTellsWhatItsGuestsSeeOfTheCpu() {
        assertThat(hypervisor().cpu()).hasValueSatisfying(cpu -> {
            assertThat(cpu.features()).isNotEmpty();
            assertThat(cpu.missingOn(cpu)).isEmpty();
        });
    }

    @Override
    protected Hypervisor hypervisor() {
        return host.host().hypervisor();
    }

    @Override
    protected Machine machine() {
        return host.instance(id).machine();
    }

    @Override
    protected MachineFiles files() {
        return files;
    }

    @Override
    protected Path directory() {
        return files.directory();
    }

    @Override
    protected void awaitBooted() {
        host.awaitAgent(id);
    }

    /// Every byte the same, as the contract writes them; direct, so that it reaches the disk.
    @Override
    protected void write(long offset, byte[] bytes) {
        host.inGuest(
                id,
                "head -c " + bytes.length + " /dev/zero | tr '\\000' '\\0" + Integer.toOctalString(bytes[0])
                        + "' > /tmp/block && dd if=/tmp/block of=/dev/" + DISK + " bs=" + bytes.length + " seek="
                        + offset / bytes.length + " conv=fsync oflag=direct 2>/dev/null");
    }

    @Override
    protected byte[] read(long offset, int length) {
        String encoded = host.inGuest(
                id,
                "dd if=/dev/" + DISK + " bs=" + length + " skip=" + offset / length
                        + " count=1 iflag=direct 2>/dev/null | base64 -w 0");
        return Base64.getDecoder().decode(encoded.strip());
    }

    @Override
    protected void remember(String word) {
        host.inGuest(id, "echo " + word + " > /run/remembered");
    }

    @Override
    protected String remembered() {
        return host.inGuest(id, "cat /run/remembered").strip();
    }

    /// Nobody answers on its monitor, and it does not end by itself.
    @Test
    void machineWhoseProcessStandsStillIsPoweredOff() {
        running();
        ProcessHandle qemu = ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("qemu-system") && line.contains(id.toString()))
                        .isPresent())
                .findFirst()
                .orElseThrow();
        Program.run(Duration.ofSeconds(20), List.of("kill", "-STOP", Long.toString(qemu.pid())));

        hypervisor().domains().powerOff(id);

        assertThat(hypervisor().domains().find(id))
                .hasValueSatisfying(domain -> assertThat(domain.state()).isEqualTo(PowerState.STOPPED));
        assertThat(qemu.isAlive()).isFalse();
    }

    /// What libvirt made of our XML is what we wrote: nothing was added that has an address.
    @Test
    void definedMachineHasTheDevicesOfItsRecordsAlone() throws IOException {
        String xml = Program.run(
                Duration.ofSeconds(20),
                List.of("virsh", "-c", RealHost.LIBVIRT.toString(), "dumpxml", id.toString(), "--inactive"));
        Files.writeString(directory().resolve("defined.xml"), xml);

        assertThat(xml.lines().filter(line -> line.contains("<address type='pci'")))
                .hasSize(machine().disks().size() + 3);
        assertThat(xml)
                .contains("type='qcow2'", "discard='unmap'", "org.qemu.guest_agent.0")
                .doesNotContain("backingStore");
    }
}
