package cloud.stasis.image.ova;

import static cloud.stasis.image.ova.TarEntry.hostile;
import static cloud.stasis.image.ova.TarEntry.require;

import cloud.stasis.model.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/// The description in an OVA, as far as we write and read it: which files there are, and which of them are disks.
///
/// @param files in the order in which they lie in the archive
/// @param disks names of those files that are disks, in the order of the machine
record Ovf(List<File> files, List<Disk> disks) {
    /// The largest description.
    static final int MAX_BYTES = 1024 * 1024;

    private static final int MAX_FILES = 80;
    private static final int MAX_DEPTH = 64;
    private static final String OVF = "http://schemas.dmtf.org/ovf/envelope/1";
    private static final String ANY_OVF = "http://schemas.dmtf.org/ovf/envelope/";
    private static final String RASD =
            "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";
    private static final String VSSD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData";

    private static final Pattern UNITS = Pattern.compile("byte(?: ?\\* ?(2|10) ?\\^ ?([0-9]{1,2}))?");

    /// What disks are.
    enum DiskForm {
        /// As virt-v2v and oVirt call it.
        QCOW2("http://www.gnome.org/~markmc/qcow-image-format.html"),
        /// As everybody else does.
        VMDK("http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized");

        private final String uri;

        DiskForm(String uri) {
            this.uri = uri;
        }
    }

    /// @param size if the description says it
    record File(String name, Optional<ByteCount> size) {}

    /// @param capacity as the guest sees it
    record Disk(String file, ByteCount capacity) {}

    Ovf {
        files = List.copyOf(files);
        disks = List.copyOf(disks);
    }

    // ---- out

    byte[] write(String machine, DiskForm form) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            XMLStreamWriter xml =
                    XMLOutputFactory.newInstance().createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("Envelope");
            xml.writeDefaultNamespace(OVF);
            xml.writeNamespace("ovf", OVF);
            xml.writeNamespace("rasd", RASD);
            xml.writeNamespace("vssd", VSSD);
            writeFiles(xml);
            writeDisks(xml, form);
            writeMachine(xml, machine);
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a description that cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private void writeFiles(XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartElement("References");
        for (File file : files) {
            xml.writeEmptyElement("File");
            xml.writeAttribute("ovf", OVF, "href", file.name);
            xml.writeAttribute("ovf", OVF, "id", file.name);
            xml.writeAttribute(
                    "ovf", OVF, "size", Long.toString(file.size.orElseThrow().bytes()));
        }
        xml.writeEndElement();
    }

    private void writeDisks(XMLStreamWriter xml, DiskForm form) throws XMLStreamException {
        xml.writeStartElement("DiskSection");
        element(xml, "Info", "The disks of the machine");
        for (Disk disk : disks) {
            xml.writeEmptyElement("Disk");
            xml.writeAttribute("ovf", OVF, "diskId", disk.file);
            xml.writeAttribute("ovf", OVF, "fileRef", disk.file);
            xml.writeAttribute("ovf", OVF, "capacity", Long.toString(disk.capacity.bytes()));
            xml.writeAttribute("ovf", OVF, "format", form.uri);
        }
        xml.writeEndElement();
    }

    private void writeMachine(XMLStreamWriter xml, String machine) throws XMLStreamException {
        xml.writeStartElement("VirtualSystem");
        xml.writeAttribute("ovf", OVF, "id", "machine");
        element(xml, "Info", "A machine as it was at one instant");
        element(xml, "Name", machine);
        xml.writeStartElement("VirtualHardwareSection");
        element(xml, "Info", "Its disks; the rest of its devices is told by devices.json");
        writeController(xml);
        for (int disk = 0; disk < disks.size(); disk++) {
            writeItem(xml, disk);
        }
        xml.writeEndElement();
        xml.writeEndElement();
    }

    /// Elements of an item stand in the order of the alphabet.
    private static void writeController(XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartElement("Item");
        resource(xml, "ElementName", "SCSI controller");
        resource(xml, "InstanceID", "1");
        resource(xml, "ResourceType", "6");
        xml.writeEndElement();
    }

    private void writeItem(XMLStreamWriter xml, int disk) throws XMLStreamException {
        String name = disks.get(disk).file;
        xml.writeStartElement("Item");
        resource(xml, "AddressOnParent", Integer.toString(disk));
        resource(xml, "ElementName", name);
        resource(xml, "HostResource", "ovf:/disk/" + name);
        resource(xml, "InstanceID", Integer.toString(disk + 2));
        resource(xml, "Parent", "1");
        resource(xml, "ResourceType", "17");
        xml.writeEndElement();
    }

    private static void resource(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeStartElement("rasd", name, RASD);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private static void element(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    // ---- in

    /// @throws cloud.stasis.model.StasisException `HOSTILE_IMAGE` if it is none, has a document type (and so
    /// entities), or names anything but plain files in the archive
    static Ovf read(byte[] bytes) {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        try {
            return read(factory.createXMLStreamReader(new ByteArrayInputStream(bytes)));
        } catch (XMLStreamException e) {
            throw hostile("its description is not XML without entities");
        }
    }

    private static Ovf read(XMLStreamReader xml) throws XMLStreamException {
        Map<String, String> nameById = new HashMap<>();
        List<File> files = new ArrayList<>();
        List<Disk> disks = new ArrayList<>();
        int depth = 0;
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw hostile("its description has a document type");
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    require(depth <= MAX_DEPTH, "its description is too deep");
                    String element = isOvf(xml) ? xml.getLocalName() : "";
                    if (element.equals("File")) {
                        File file = file(xml);
                        require(
                                files.size() < MAX_FILES && nameById.put(required(xml, "id"), file.name) == null,
                                "its description names files twice, or too many");
                        files.add(file);
                    } else if (element.equals("Disk")) {
                        disk(xml, nameById).ifPresent(disks::add);
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> depth--;
                default -> {}
            }
        }
        require(files.stream().map(File::name).distinct().count() == files.size(), "its description names files twice");
        require(disks.stream().map(Disk::file).distinct().count() == disks.size(), "its description names disks twice");
        return new Ovf(files, disks);
    }

    /// What products say of their own in the midst of it may have the same names.
    private static boolean isOvf(XMLStreamReader xml) {
        String namespace = xml.getNamespaceURI();
        return namespace == null || namespace.isEmpty() || namespace.startsWith(ANY_OVF);
    }

    private static File file(XMLStreamReader xml) {
        String name = required(xml, "href");
        require(attribute(xml, "compression").orElse("identity").equals("identity"), "it has compressed files");
        require(attribute(xml, "chunkSize").isEmpty(), "it has files in pieces");
        Optional<ByteCount> size = attribute(xml, "size").map(Ovf::number);
        // The rules for names are those of members.
        return new File(new TarEntry(name, ByteCount.ZERO).name(), size);
    }

    /// A disk that is blank has no file.
    private static Optional<Disk> disk(XMLStreamReader xml, Map<String, String> nameById) {
        require(attribute(xml, "parentRef").isEmpty(), "it has disks that stand on others");
        ByteCount capacity = capacity(
                required(xml, "capacity"),
                attribute(xml, "capacityAllocationUnits").orElse("byte"));
        return attribute(xml, "fileRef").map(id -> {
            String name = nameById.get(id);
            if (name == null) {
                throw hostile("its description names a disk that is not in it");
            }
            return new Disk(name, capacity);
        });
    }

    private static String required(XMLStreamReader xml, String name) {
        return attribute(xml, name).orElseThrow(() -> hostile("its description lacks " + name + " of a file or disk"));
    }

    private static Optional<String> attribute(XMLStreamReader xml, String name) {
        for (int at = 0; at < xml.getAttributeCount(); at++) {
            if (xml.getAttributeLocalName(at).equals(name)) {
                return Optional.of(xml.getAttributeValue(at));
            }
        }
        return Optional.empty();
    }

    /// @param units as DSP0004 writes them
    private static ByteCount capacity(String text, String units) {
        Matcher match = UNITS.matcher(units.strip());
        require(match.matches(), "its description has a unit that is not known here");
        if (match.group(1) == null) {
            return number(text);
        }
        BigInteger bytes = new BigInteger(match.group(1))
                .pow(Integer.parseInt(match.group(2)))
                .multiply(BigInteger.valueOf(number(text).bytes()));
        require(bytes.bitLength() < Long.SIZE, "its description has a number that is none");
        return ByteCount.ofBytes(bytes.longValueExact());
    }

    private static ByteCount number(String text) {
        require(text.matches("[0-9]{1,18}"), "its description has a number that is none");
        return ByteCount.ofBytes(Long.parseLong(text));
    }
}
