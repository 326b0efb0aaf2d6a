package cloud.stasis.cli.http;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;

/// Sends requests. Nothing is retried here: what a lost answer means is the caller's to decide.
public final class Wire {
    /// A cloud that does not accept a connection in this time is not there.
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /// Longer than the slowest answer of a control plane that is alive.
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);
    /// A full page of 1000 servers is about 3 MiB; a console log may be longer.
    private static final int MAX_BODY = 64 * 1024 * 1024;

    private static final int COPY_BUFFER = 256 * 1024;

    static {
        // Left alone, the JDK sends a POST a second time by itself when a kept-alive connection breaks.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private final Trust trust;
    private final Trace trace;

    public Wire(Trust trust, Trace trace) {
        this.trust = trust;
        this.trace = trace;
    }

    /// Sends a request and reads the whole answer. Any status is an answer; [FailureType#CONNECT_FAILURE] if none
    /// came.
    public Reply send(Request request) {
        try (Stream stream = open(request, READ_TIMEOUT)) {
            byte[] body = stream.body().readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw Failure.local(FailureType.BAD_ANSWER, "the answer of " + request + " is larger than 64 MiB");
            }
            return new Reply(stream.status(), stream.headers(), body);
        } catch (IOException failed) {
            throw unreachable(request.target(), failed);
        }
    }

    /// Sends a request and hands out the answer's body as it comes. The caller closes it.
    public Stream open(Request request, Duration readTimeout) {
        try {
            return exchange(request, readTimeout);
        } catch (IOException failed) {
            throw unreachable(request.target(), failed);
        }
    }

    private Stream exchange(Request request, Duration readTimeout) throws IOException {
        long started = System.nanoTime();
        HttpURLConnection connection = connect(request, readTimeout);
        int status;
        try {
            sendBody(connection, request.body());
            status = connection.getResponseCode();
        } catch (HttpRetryException refused) {
            // In streaming mode the JDK reports a 401 this way.
            status = refused.responseCode();
        }
        Map<String, List<String>> headers = headers(connection);
        Stream stream = new Stream(status, headers, body(connection, status), connection);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        trace.exchanged(request, status, took, stream.header("x-openstack-request-id"));
        return stream;
    }

    private HttpURLConnection connect(Request request, Duration readTimeout) throws IOException {
        if (!(request.target().toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw Failure.command("'" + request.target() + "' is not an http or https address");
        }
        if (connection instanceof HttpsURLConnection secure) {
            trust.applyTo(secure);
        }
        connection.setRequestMethod(request.method().name());
        connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        connection.setReadTimeout((int) readTimeout.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        request.headers().forEach(connection::setRequestProperty);
        return connection;
    }

    private static void sendBody(HttpURLConnection connection, Body body) throws IOException {
        switch (body) {
            case Body.None _ -> {
                if ("POST".equals(connection.getRequestMethod())) {
                    buffered(connection, new byte[0]);
                }
            }
            case Body.Json json -> {
                connection.setRequestProperty("Content-Type", "application/json");
                buffered(connection, Json.bytes(json.tree()));
            }
            case Body.Upload upload -> {
                connection.setRequestProperty("Content-Type", "application/octet-stream");
                streamed(connection, upload);
            }
        }
    }

    private static void buffered(HttpURLConnection connection, byte[] bytes) throws IOException {
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(bytes);
        }
    }

    /// Without holding it in memory. The JDK then keeps the body of a 401 to itself, which is why small bodies do not
    /// go this way.
    private static void streamed(HttpURLConnection connection, Body.Upload upload) throws IOException {
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(upload.length().bytes());
        try (InputStream in = upload.source().open();
                OutputStream out = connection.getOutputStream()) {
            byte[] buffer = new byte[COPY_BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
        }
    }

    private static InputStream body(HttpURLConnection connection, int status) throws IOException {
        if (status >= 400) {
            InputStream error = connection.getErrorStream();
            return error == null ? InputStream.nullInputStream() : error;
        }
        return connection.getInputStream();
    }

    private static Map<String, List<String>> headers(HttpURLConnection connection) {
        Map<String, List<String>> headers = new HashMap<>();
        connection.getHeaderFields().forEach((name, values) -> {
            // The status line comes under the name null.
            if (name != null) {
                headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values));
            }
        });
        return headers;
    }

    private static Failure unreachable(URI target, IOException cause) {
        String place = target.getScheme() + "://" + target.getRawAuthority();
        String reason =
                switch (cause) {
                    case UnknownHostException _ -> "the name of the host is not known";
                    case ConnectException refused -> String.valueOf(refused.getMessage());
                    case SocketTimeoutException _ -> "no answer in time";
                    case SSLException untrusted ->
                        untrusted.getMessage() + "; is the authority's certificate named by OS_CACERT?";
                    default -> String.valueOf(cause.getMessage());
                };
        return Failure.local(
                FailureType.CONNECT_FAILURE,
                "no connection to " + place + ": " + reason + ". Is OS_AUTH_URL right, and is the cloud up?");
    }

    /// An answer whose body is still coming.
    public record Stream(int status, Map<String, List<String>> headers, InputStream body, HttpURLConnection connection)
            implements AutoCloseable {

        public boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        String header(String name) {
            List<String> values = headers.get(name);
            return values == null || values.isEmpty() ? "" : values.getFirst();
        }

        /// Reads what is left of a short answer, such as an error.
        public Reply toReply() throws IOException {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.write(body.readNBytes(MAX_BODY));
            return new Reply(status, headers, whole.toByteArray());
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
