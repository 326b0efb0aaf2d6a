package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.ConsoleLog;
import cloud.stasis.gateway.compute.ConsoleLog.Lines;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Console logs over HTTP from the agent of a host.
final class HttpConsoleReader implements ConsoleLog.Reader {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    /// Read at most: Nova's own limit on a console log.
    private static final int MAX_BYTES = 100 * 1024;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    @Override
    public String read(Host host, InstanceId instance, Lines lines, String capability) {
        String limit = lines.equals(Lines.ALL) ? "" : "?lines=" + lines.count();
        URI uri = host.data().resolve("/v1/instances/" + instance + "/console" + limit);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(ANSWER_LIMIT)
                .header("Authorization", "Bearer " + capability)
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_BYTES);
                return switch (response.statusCode()) {
                    case 200 -> new String(bytes, StandardCharsets.UTF_8);
                    case 204 -> "";
                    case 404 ->
                        throw new StasisException(
                                ErrorCode.INSTANCE_NOT_FOUND,
                                "The host has no console log of instance " + instance + ".");
                    default -> throw unavailable(host, null);
                };
            }
        } catch (IOException e) {
            throw unavailable(host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(host, e);
        }
    }

    private static StasisException unavailable(Host host, @Nullable Exception cause) {
        String message = "The console log cannot be read from host " + host.id() + " now. Try again later.";
        return cause == null
                ? new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, message)
                : new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, message, cause);
    }
}
