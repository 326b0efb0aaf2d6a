package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// One element of a document that is being written or read. Text and attributes are escaped by the writer, never
/// by us.
final class Xml {
    private final Element element;

    private Xml(Element element) {
        this.element = element;
    }

    /// Writes a document.
    static String write(String root, Consumer<Xml> body) {
        Document document = factory().newDocument();
        Element element = document.createElement(root);
        document.appendChild(element);
        body.accept(new Xml(element));
        try {
            Transformer transformer = TransformerFactory.newInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter text = new StringWriter();
            transformer.transform(new DOMSource(document), new StreamResult(text));
            return text.toString();
        } catch (TransformerException e) {
            throw new StasisException(ErrorCode.INTERNAL, "XML could not be written", e);
        }
    }

    /// Reads a document that libvirt wrote.
    static Xml parse(String text) {
        try {
            return new Xml(
                    factory().parse(new InputSource(new StringReader(text))).getDocumentElement());
        } catch (SAXException | IOException e) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "libvirt's XML could not be read", e);
        }
    }

    private static javax.xml.parsers.DocumentBuilder factory() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder();
        } catch (ParserConfigurationException e) {
            throw new StasisException(ErrorCode.INTERNAL, "no XML parser", e);
        }
    }

    Xml with(String attribute, Object value) {
        element.setAttribute(attribute, value.toString());
        return this;
    }

    Xml text(String text) {
        element.setTextContent(text);
        return this;
    }

    /// Adds an element at the end and returns that.
    Xml add(String name) {
        Element child = element.getOwnerDocument().createElement(name);
        element.appendChild(child);
        return new Xml(child);
    }

    Xml add(String name, Consumer<Xml> body) {
        Xml child = add(name);
        body.accept(child);
        return child;
    }

    String attribute(String name) {
        return element.getAttribute(name);
    }

    String text() {
        return element.getTextContent();
    }

    /// The elements of this name anywhere below, in document order.
    List<Xml> all(String name) {
        NodeList nodes = element.getElementsByTagName(name);
        List<Xml> found = new ArrayList<>();
        for (int at = 0; at < nodes.getLength(); at++) {
            found.add(new Xml((Element) nodes.item(at)));
        }
        return found;
    }

    /// The first of them that stands directly below.
    Optional<Xml> child(String name) {
        return all(name).stream()
                .filter(found -> found.element.getParentNode() == element)
                .findFirst();
    }
}
