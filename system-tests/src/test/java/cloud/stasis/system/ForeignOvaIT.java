package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo guest as another hypervisor would export it, through the unmodified client.
class ForeignOvaIT {
    private static final String SERVER = "foreign-server";
    private static final String IMAGE = "foreign-image";
    private static final String DISK = "foreign-disk001.vmdk";

    private final OneMachineCloud cloud = OneMachineCloud.running();
    private final DemoServers servers = DemoServers.on(cloud);

    private String image = "";

    @TempDir
    Path directory;

    @AfterEach
    void remove() {
        cloud.openstack("server", "delete", "--wait", SERVER);
        cloud.openstack("image", "delete", image);
    }

    @Test
    void aMachineInAnOvaWithVmdkBoots() throws IOException {
        Path ova = exported();
        List<String> upload = new ArrayList<>(List.of(
                "image",
                "create",
                IMAGE,
                "--disk-format",
                "vmdk",
                "--container-format",
                "ova",
                "--file",
                ova.toString()));
        upload.addAll(servers.kernel());
        JsonNode uploaded = cloud.openstackJson(upload.toArray(String[]::new));
        image = uploaded.required("id").asText();
        assertThat(uploaded.required("disk_format").asText()).isEqualTo("vmdk");

        // From that version on a client can ask for no network.
        cloud.openstack(
                        "--os-compute-api-version",
                        "2.37",
                        "server",
                        "create",
                        "--image",
                        image,
                        "--flavor",
                        "demo.tiny",
                        "--nic",
                        "none",
                        "--block-device",
                        "source_type=blank,destination_type=volume,volume_size=1,boot_index=-1,delete_on_termination=true",
                        SERVER)
                .succeeded();

        String server = servers.status(SERVER, "ACTIVE").required("id").asText();
        servers.awaitReady(server);
        servers.awaitRunningOn(server);
    }

    private Path exported() throws IOException {
        Path disk = directory.resolve(DISK);
        String root = cloud.home().resolve("guest/stasis-demo-root.qcow2").toString();
        cloud.host("qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", root, disk.toString())
                .succeeded();
        long capacity = cloud.host("qemu-img", "info", "--output=json", root)
                .json()
                .required("virtual-size")
                .asLong();
        Files.writeString(directory.resolve("foreign.ovf"), """
                <?xml version="1.0"?>
                <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
                    xmlns:vbox="http://www.virtualbox.org/ovf/machine">
                  <References><File ovf:href="%1$s" ovf:id="file1" ovf:size="%2$d"/></References>
                  <DiskSection>
                    <Info>Virtual disk information</Info>
                    <Disk ovf:capacity="%3$d" ovf:capacityAllocationUnits="byte" ovf:diskId="vmdisk1" ovf:fileRef="file1"
                        ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
                  </DiskSection>
                  <NetworkSection><Info>Logical networks</Info><Network ovf:name="NAT"/></NetworkSection>
                  <VirtualSystem ovf:id="foreign">
                    <Info>A virtual machine</Info>
                    <vbox:Machine ovf:required="false" name="foreign"><vbox:Disk location="/x"/></vbox:Machine>
                  </VirtualSystem>
                </Envelope>
                """.formatted(DISK, Files.size(disk), capacity));
        Path ova = directory.resolve("foreign.ova");
        cloud.host("tar", "--format=ustar", "-C", directory.toString(), "-cf", ova.toString(), "foreign.ovf", DISK)
                .succeeded();
        return ova;
    }
}
