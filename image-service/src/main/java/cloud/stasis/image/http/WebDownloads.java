package cloud.stasis.image.http;

import cloud.stasis.image.upload.WebSource;
import cloud.stasis.model.AllowedHosts;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/// Fetches files over HTTP from hosts of a list. A name is looked up once, and the connection goes to
/// the address that was looked at: whoever runs its DNS cannot lead it to another one in between. A
/// redirect is followed if it leads to a host of the list as well, and never from HTTPS to HTTP.
public final class WebDownloads implements WebSource, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WebDownloads.class);
    private static final int MOST_REDIRECTS = 5;
    private static final int MAX_URI_LENGTH = 2048;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /// From the request to the head of its answer.
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final HttpClient client;
    private final AllowedHosts hosts;

    public WebDownloads(Vertx vertx, AllowedHosts hosts) {
        this.vertx = vertx;
        this.hosts = hosts;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) CONNECT.toMillis())
                .setKeepAlive(false)
                .setDecompressionSupported(false));
    }

    @Override
    public Download open(URI source) {
        URI next = source;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            Answer answer = ask(next);
            Optional<URI> other = redirect(next, answer);
            if (other.isEmpty()) {
                return answer.download();
            }
            answer.close();
            next = other.get();
        }
        throw failed("it is redirected too often");
    }

    private Answer ask(URI uri) {
        if (uri.toString().length() > MAX_URI_LENGTH || !hosts.allows(uri)) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "images are not fetched from there: ask the operator to allow the host");
        }
        boolean isSecure = "https".equalsIgnoreCase(uri.getScheme());
        String path = (uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(SocketAddress.inetSocketAddress(
                        AllowedHosts.port(uri), address(uri.getHost()).getHostAddress()))
                .setHost(uri.getHost())
                .setPort(AllowedHosts.port(uri))
                .setSsl(isSecure)
                .setURI(path)
                .putHeader("Accept-Encoding", "identity");
        // On one event loop from here on, on which the body is listened to before any of it can come.
        Context context = vertx.getOrCreateContext();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        context.runOnContext(_ -> client.request(options)
                .compose(request -> request.send().map(response -> {
                    response.pause();
                    return new Answer(request, response, new RequestBody(context, response));
                }))
                .onSuccess(came -> {
                    if (!answer.complete(came)) {
                        came.close();
                    }
                })
                .onFailure(answer::completeExceptionally));
        return await(answer);
    }

    private InetAddress address(String host) {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw failed("its host is not known");
        }
        return Arrays.stream(addresses)
                .filter(hosts::allows)
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.ACCESS_DENIED, "images are not fetched from private addresses that are not listed"));
    }

    private static Answer await(CompletableFuture<Answer> answer) {
        try {
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw failed("its host does not answer");
        } catch (ExecutionException e) {
            LOG.infof("A download could not begin reason=%s", e.getCause());
            throw failed("its host could not be reached");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a download was interrupted", e);
        }
    }

    private static Optional<URI> redirect(URI from, Answer answer) {
        int status = answer.response.statusCode();
        boolean isRedirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        String location = answer.response.getHeader(HttpHeaders.LOCATION);
        if (!isRedirect || location == null) {
            return Optional.empty();
        }
        try {
            URI to = from.resolve(location);
            if ("https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(to.getScheme())) {
                answer.close();
                throw failed("it is redirected to where it could be changed on its way");
            }
            return Optional.of(to);
        } catch (IllegalArgumentException e) {
            answer.close();
            throw failed("it is redirected to nowhere");
        }
    }

    private static StasisException failed(String why) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "the file cannot be fetched: " + why);
    }

    @Override
    public void close() {
        client.close();
    }

    private record Answer(HttpClientRequest request, HttpClientResponse response, RequestBody body)
            implements Download {

        /// @throws StasisException `INVALID_REQUEST` if it is no file whose end can be told
        Download download() {
            if (response.statusCode() != 200) {
                close();
                throw failed("its host answers " + response.statusCode());
            }
            boolean isBounded = response.getHeader(HttpHeaders.CONTENT_LENGTH) != null
                    || response.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
            if (!isBounded) {
                close();
                throw failed("its host does not say where it ends");
            }
            return this;
        }

        @Override
        public Optional<ByteCount> size() {
            String length = response.getHeader(HttpHeaders.CONTENT_LENGTH);
            try {
                return length == null ? Optional.empty() : Optional.of(ByteCount.ofBytes(Long.parseLong(length)));
            } catch (NumberFormatException e) {
                throw failed("its host does not say how large it is");
            }
        }

        @Override
        public int read(byte[] into, int at, int most) {
            return body.read(into, at, most);
        }

        @Override
        public void close() {
            request.reset();
        }
    }
}
