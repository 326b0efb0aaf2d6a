package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.ConsoleLog;
import cloud.stasis.gateway.compute.ConsoleLog.Lines;
import cloud.stasis.gateway.compute.DiskStreams;
import cloud.stasis.gateway.compute.DiskStreams.DiskStream;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the agent of a host tells of an instance, over HTTP.
final class HttpHostReader implements ConsoleLog.Reader, DiskStreams.Reader {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    /// Read at most: Nova's own limit on a console log.
    private static final int MAX_BYTES = 100 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    @Override
    public String read(Host host, InstanceId instance, Lines lines, String capability) {
        String limit = lines.equals(Lines.ALL) ? "" : "?lines=" + lines.count();
        byte[] text = get(host, instance, "console" + limit, capability)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INSTANCE_NOT_FOUND, "The host has no console log of instance " + instance + "."));
        return new String(text, StandardCharsets.UTF_8);
    }

    @Override
    public List<DiskStream> streams(Host host, InstanceId instance, String capability) {
        Optional<byte[]> answer = get(host, instance, "streams", capability);
        List<DiskStream> streams = new ArrayList<>();
        if (answer.isPresent()) {
            try {
                for (JsonNode disk : JSON.readTree(answer.get())) {
                    streams.add(new DiskStream(
                            new DeviceName(disk.path("disk").asText()),
                            ByteCount.ofBytes(disk.path("fetched").asLong()),
                            ByteCount.ofBytes(disk.path("size").asLong())));
                }
            } catch (IOException | StasisException e) {
                throw unavailable(host, e);
            }
        }
        return streams;
    }

    /// @return none if the host has no such thing
    private Optional<byte[]> get(Host host, InstanceId instance, String what, String capability) {
        URI uri = host.data().resolve("/v1/instances/" + instance + "/" + what);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(ANSWER_LIMIT)
                .header("Authorization", "Bearer " + capability)
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_BYTES);
                return switch (response.statusCode()) {
                    case 200, 204 -> Optional.of(bytes);
                    case 404 -> Optional.empty();
                    default ->
                        throw unavailable(host, new IOException("it answered with status " + response.statusCode()));
                };
            }
        } catch (IOException e) {
            throw unavailable(host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(host, e);
        }
    }

    private static StasisException unavailable(Host host, Exception cause) {
        return new StasisException(
                ErrorCode.HYPERVISOR_UNAVAILABLE,
                "Host " + host.id() + " does not say how the instance is now. Try again later.",
                cause);
    }
}
