package cloud.stasis.image.blob.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/// Says a broken connection as the SDK expects it, so that it repeats the request: the client on the JDK's
/// connections throws some of them unchecked, past everything that repeats.
record HonestHttpClient(SdkHttpClient client) implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Honest(client.prepareRequest(request));
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }

    private record Honest(ExecutableHttpRequest request) implements ExecutableHttpRequest {
        @Override
        public HttpExecuteResponse call() throws IOException {
            try {
                return request.call();
            } catch (UncheckedIOException e) {
                throw Optional.ofNullable(e.getCause()).orElseGet(() -> new IOException(e));
            }
        }

        @Override
        public void abort() {
            request.abort();
        }
    }
}
