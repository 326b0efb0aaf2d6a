package cloud.stasis.image.vmdk;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/// A stream-optimized file as vSphere sends one: each table follows its grains, the directory follows all, and now
/// and then a marker says that it goes on. Grains are compressed, and the last is as short as the disk.
final class StreamedVmdk {
    static final int GRAIN = 64 * 1024;
    static final int HEAD_SECTORS = 128;
    private static final int SECTOR = 512;
    private static final int ENTRIES = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final byte[] disk;

    private StreamedVmdk(byte[] disk) {
        this.disk = disk;
    }

    static byte[] of(byte[] disk) {
        return new StreamedVmdk(disk).write();
    }

    static byte[] compressed(byte[] bytes, int from, int length) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes, from, length);
        deflater.finish();
        byte[] stream = new byte[2 * length + 64];
        int count = deflater.deflate(stream);
        deflater.end();
        return Arrays.copyOf(stream, count);
    }

    private byte[] write() {
        out.writeBytes(header(-1));
        out.writeBytes(sectors(HEAD_SECTORS - 1, descriptor().getBytes(StandardCharsets.US_ASCII)));
        int grains = Math.ceilDiv(disk.length, GRAIN);
        ByteBuffer directory = buffer(Math.ceilDiv(Math.ceilDiv(grains, ENTRIES) * 4, SECTOR));
        for (int first = 0; first < grains; first += ENTRIES) {
            ByteBuffer table = buffer(ENTRIES * 4 / SECTOR);
            for (int grain = first; grain < Math.min(grains, first + ENTRIES); grain++) {
                table.putInt(grain(grain));
            }
            marker(table.capacity() / SECTOR, 1);
            directory.putInt(at());
            out.writeBytes(table.array());
        }
        marker(directory.capacity() / SECTOR, 2);
        int place = at();
        out.writeBytes(directory.array());
        marker(1, 3);
        out.writeBytes(header(place));
        marker(0, 0);
        return out.toByteArray();
    }

    private int grain(int number) {
        int from = number * GRAIN;
        int length = Math.min(GRAIN, disk.length - from);
        if (Arrays.mismatch(disk, from, from + length, new byte[length], 0, length) < 0) {
            return 0;
        }
        if (number % 5 == 0) {
            marker(0, 4);
            marker(0, 4);
        }
        int place = at();
        byte[] stream = compressed(disk, from, length);
        ByteBuffer grain = buffer(Math.ceilDiv(12 + stream.length, SECTOR));
        grain.putLong((long) number * GRAIN / SECTOR).putInt(stream.length).put(stream);
        out.writeBytes(grain.array());
        return place;
    }

    private void marker(long sectors, int kind) {
        out.writeBytes(buffer(1).putLong(sectors).putInt(0).putInt(kind).array());
    }

    private int at() {
        return out.size() / SECTOR;
    }

    private byte[] header(long directory) {
        ByteBuffer bytes = buffer(1);
        bytes.putInt(0x564d444b).putInt(3).putInt(1 | 1 << 16 | 1 << 17);
        bytes.putLong(disk.length / SECTOR).putLong(GRAIN / SECTOR);
        bytes.putLong(1).putLong(20).putInt(ENTRIES);
        bytes.putLong(0).putLong(directory).putLong(HEAD_SECTORS);
        bytes.put((byte) 0).put(new byte[] {'\n', ' ', '\r', '\n'}).putShort((short) 1);
        return bytes.array();
    }

    private String descriptor() {
        return """
                # Disk DescriptorFile
                version=1
                CID=7e5b80a7
                parentCID=ffffffff
                createType="streamOptimized"

                # Extent description
                RDONLY %d SPARSE "call-me-stream.vmdk"

                # The Disk Data Base
                #DDB

                ddb.adapterType = "lsilogic"
                ddb.longContentID = "8f15b3d0009d9a3f456ff7b28d324d2a"
                ddb.toolsInstallType = "4"
                """.formatted(disk.length / SECTOR);
    }

    private static byte[] sectors(int count, byte[] bytes) {
        return Arrays.copyOf(bytes, count * SECTOR);
    }

    private static ByteBuffer buffer(int sectors) {
        return ByteBuffer.allocate(sectors * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    }
}
