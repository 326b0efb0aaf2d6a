package cloud.stasis.testkit;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Stands in front of a test server, request by request, for two reasons. s3proxy looks whether `If-Match` holds
/// and writes then, in two steps; here one conditional PUT passes at a time, as on Amazon S3. And faults are made
/// here.
public final class S3Gate implements AutoCloseable {
    /// What happens to a request.
    public enum Fault {
        NONE,
        /// 503 without asking the server.
        UNAVAILABLE,
        /// The server does it, and the answer is lost.
        LOST_ANSWER,
        /// The connection ends in the middle of the body that is sent.
        CUT_REQUEST,
        /// The connection ends in the middle of the body that comes.
        CUT_ANSWER,
        /// Nothing comes until the client gives up.
        SILENT,
        /// A condition that does not hold is answered as if it were none.
        UNCONDITIONAL,
        /// 507 without asking the server.
        FULL,
        /// The answer comes, a few bytes at a time, for longer than anybody waits.
        DRIPPING
    }

    /// The head of a request.
    public record Request(String method, String path, List<String> headers) {
        public boolean isConditional() {
            return method.equals("PUT")
                    && headers.stream()
                            .map(header -> header.toLowerCase(Locale.ROOT))
                            .anyMatch(header -> header.startsWith("if-match:") || header.startsWith("if-none-match:"));
        }
    }

    private static final Duration DRIP = Duration.ofMillis(50);

    private final ServerSocket door;
    private final URI server;
    private final ReentrantLock conditional = new ReentrantLock();
    private volatile Function<Request, Fault> faults = _ -> Fault.NONE;

    S3Gate(URI server) throws IOException {
        this.server = server;
        this.door = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    public void faults(Function<Request, Fault> decider) {
        faults = decider;
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    private void serve() {
        while (true) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            while (serveOne(in, client.getOutputStream())) {
                // The next request of the same connection.
            }
        } catch (IOException e) {
            // Either side went away: the other one finds out.
        }
    }

    private boolean serveOne(InputStream in, OutputStream out) throws IOException {
        List<String> head = head(in);
        if (head.isEmpty()) {
            return false;
        }
        String[] first = head.getFirst().split(" ");
        Request request = new Request(first[0], first[1], head.subList(1, head.size()));
        if (head.stream().anyMatch(line -> line.equalsIgnoreCase("Expect: 100-continue"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        byte[] body = whole(in, length(head).orElse(0));
        Fault fault = faults.apply(request);
        return switch (fault) {
            case SILENT -> {
                in.read();
                yield false;
            }
            case CUT_REQUEST -> {
                cutOff(head, body);
                yield false;
            }
            case UNAVAILABLE -> say("503 Slow Down", out);
            case FULL -> say("507 Insufficient Storage", out);
            case NONE, LOST_ANSWER, CUT_ANSWER, UNCONDITIONAL, DRIPPING -> pass(request, fault, head, body, out);
        };
    }

    private static boolean say(String status, OutputStream out) throws IOException {
        out.write(text(List.of("HTTP/1.1 " + status, "Content-Length: 0")));
        out.flush();
        return true;
    }

    private static void drip(byte[] answer, OutputStream out) throws IOException {
        int head = answer.length - bodyLength(answer);
        out.write(answer, 0, head);
        for (int at = head; at < answer.length; at++) {
            out.write(answer, at, 1);
            out.flush();
            LockSupport.parkNanos(DRIP.toNanos());
        }
    }

    private boolean pass(Request request, Fault fault, List<String> head, byte[] body, OutputStream out)
            throws IOException {
        byte[] answer;
        boolean alone = request.isConditional();
        if (alone) {
            conditional.lock();
        }
        try {
            answer = ask(head, body, request.method());
        } finally {
            if (alone) {
                conditional.unlock();
            }
        }
        switch (fault) {
            case LOST_ANSWER -> {
                return false;
            }
            case CUT_ANSWER -> {
                out.write(answer, 0, answer.length - Math.min(answer.length, 1 + bodyLength(answer) / 2));
                out.flush();
                return false;
            }
            case UNCONDITIONAL ->
                out.write(isRefused(answer) ? text(List.of("HTTP/1.1 200 OK", "Content-Length: 0")) : answer);
            case DRIPPING -> drip(answer, out);
            case NONE, UNAVAILABLE, CUT_REQUEST, SILENT, FULL -> out.write(answer);
        }
        out.flush();
        return true;
    }

    private void cutOff(List<String> head, byte[] body) throws IOException {
        try (Socket to = new Socket(server.getHost(), server.getPort())) {
            to.getOutputStream().write(text(head));
            to.getOutputStream().write(body, 0, body.length / 2);
            to.getOutputStream().flush();
        }
    }

    private byte[] ask(List<String> head, byte[] body, String method) throws IOException {
        try (Socket to = new Socket(server.getHost(), server.getPort())) {
            to.getOutputStream().write(text(head));
            to.getOutputStream().write(body);
            to.getOutputStream().flush();
            InputStream from = new BufferedInputStream(to.getInputStream());
            List<String> answer = head(from);
            while (!answer.isEmpty() && answer.getFirst().contains(" 100 ")) {
                answer = head(from);
            }
            if (answer.isEmpty()) {
                throw new EOFException("the server went away");
            }
            byte[] content = method.equals("HEAD") || isBodiless(answer) ? new byte[0] : content(answer, from);
            byte[] top = text(answer);
            byte[] all = java.util.Arrays.copyOf(top, top.length + content.length);
            System.arraycopy(content, 0, all, top.length, content.length);
            return all;
        }
    }

    /// The body, whose length its head says from then on.
    private static byte[] content(List<String> answer, InputStream from) throws IOException {
        boolean chunked = answer.removeIf(line -> line.equalsIgnoreCase("Transfer-Encoding: chunked"));
        OptionalInt length = length(answer);
        if (!chunked && length.isPresent()) {
            return whole(from, length.getAsInt());
        }
        byte[] content = chunked ? chunks(from) : from.readAllBytes();
        answer.add("Content-Length: " + content.length);
        return content;
    }

    private static byte[] chunks(InputStream from) throws IOException {
        java.io.ByteArrayOutputStream content = new java.io.ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(from).trim(), 16);
            content.write(whole(from, size));
            line(from);
            if (size == 0) {
                return content.toByteArray();
            }
        }
    }

    private static int bodyLength(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        return answer.length - text.indexOf("\r\n\r\n") - 4;
    }

    private static boolean isRefused(byte[] answer) {
        return new String(answer, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 412");
    }

    private static byte[] text(List<String> head) {
        String text = String.join(
                "\r\n",
                head.stream()
                        .filter(line -> !line.equalsIgnoreCase("Expect: 100-continue"))
                        .toList());
        return (text + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /// By their status, whatever the head says.
    private static boolean isBodiless(List<String> answer) {
        return answer.getFirst().contains(" 204 ") || answer.getFirst().contains(" 304 ");
    }

    private static OptionalInt length(List<String> head) {
        return head.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(
                        line.substring("content-length:".length()).trim()))
                .findFirst();
    }

    /// What ends before it should is not passed on as if it were whole: whoever waits for the rest would wait for
    /// as long as this connection stays open.
    private static byte[] whole(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended in the middle of a body");
        }
        return bytes;
    }

    /// Empty if the connection ended before it.
    private static List<String> head(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int first = in.read(); first >= 0; first = in.read()) {
            String line = line(first, in);
            if (line.isEmpty()) {
                return lines;
            }
            lines.add(line);
        }
        if (!lines.isEmpty()) {
            throw new EOFException("the connection ended in the middle of a head");
        }
        return lines;
    }

    private static String line(InputStream in) throws IOException {
        return line(in.read(), in);
    }

    private static String line(int first, InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = first;
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        if (next < 0) {
            throw new EOFException("the connection ended in the middle of a line");
        }
        return line.toString();
    }
}
