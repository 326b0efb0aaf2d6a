import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.IndexId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Moves files into a store and out of it as an agent does. Takes orders from its standard input, one a line, and
/// answers each with a line of JSON: what it took, in this process and the image service together.
///
/// ```
/// StoreClient URL PID                  of the image service; the key of the site is in STASIS_CAPABILITY_KEY
///   warm FILE OUT                      in and out, with bytes that are not those of the file, and not all of them
///   ingest FILE
///   again FILE ROOT EXTENTS            what changed since ROOT lies in the extents named in a file, or ("-") anywhere
///   restore FILE ROOT SIZE
///   verify                             all of the store, by its own scrub
/// ```
final class StoreClient {
    private static final long WARM_BYTES = 768L << 20;

    private final URI url;
    private final long service;
    private final Capability.Key key;
    private final HttpClient http = HttpClient.newHttpClient();

    private StoreClient(URI url, long service) {
        this.url = url;
        this.service = service;
        this.key = Capability.Key.parse(System.getenv("STASIS_CAPABILITY_KEY"), Clock.systemUTC());
    }

    public static void main(String[] arguments) throws Exception {
        StoreClient client = new StoreClient(URI.create(arguments[0]), Long.parseLong(arguments[1]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            System.out.println(Cost.of(client.service, () -> client.carryOut(words)));
        }
    }

    private String carryOut(String[] order) throws Exception {
        return switch (order[0]) {
            case "warm" -> {
                UploadResult warm = upload(Path.of(order[1]), WARM_BYTES, 1, nothing(), "-");
                store().download(warm.content(), Path.of(order[2]), TransferListener.NONE);
                yield uploaded(warm);
            }
            case "ingest" -> uploaded(upload(Path.of(order[1]), Long.MAX_VALUE, 0, nothing(), "-"));
            case "again" ->
                uploaded(upload(
                        Path.of(order[1]),
                        Long.MAX_VALUE,
                        0,
                        content(order[2], Files.size(Path.of(order[1]))),
                        order[3]));
            case "restore" -> {
                store().download(content(order[2], Long.parseLong(order[3])), Path.of(order[1]), TransferListener.NONE);
                yield "";
            }
            case "verify" -> verify();
            default -> throw new IllegalArgumentException(order[0]);
        };
    }

    private UploadResult upload(Path file, long most, int added, Content base, String extents) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ContentSource source = source(channel, Math.min(most, channel.size()), added);
            ContentStore store = store();
            UploadResult result = store.upload(source, base, Extents.in(extents, source.size()), TransferListener.NONE);
            // What a seal does: the store walks the index and checks that all of it is there.
            store.upload(source, result.content(), List.of(), TransferListener.NONE);
            return result;
        }
    }

    private static String uploaded(UploadResult result) {
        return ",\"root\":\"%s\",\"size\":%d,\"read\":%d,\"sent\":%d,\"shared\":%d"
                .formatted(
                        result.content().index().digest(),
                        result.content().size().bytes(),
                        result.read().bytes(),
                        result.sent().bytes(),
                        result.shared().bytes());
    }

    private String verify() throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(url.resolve("/store/v1/scrub"))
                        .header("Authorization", "Bearer " + grant(Capability.Right.STORE_ADMIN))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("scrub: " + answer.statusCode() + " " + answer.body());
        }
        return ",\"report\":" + answer.body();
    }

    private ContentStore store() {
        return new HttpContentStore(url, grant(Capability.Right.STORE_READ, Capability.Right.STORE_WRITE));
    }

    private String grant(Capability.Right... rights) {
        return key.grant(Set.of(rights), "snapshot/00000000-0000-0000-0000-000000000001", Duration.ofHours(1));
    }

    private static Content nothing() {
        return new Content(IndexId.ZERO, ByteCount.ZERO);
    }

    private static Content content(String root, long size) {
        return new Content(new IndexId(Digest.parse(root)), ByteCount.ofBytes(size));
    }

    /// @param added to each byte that is not zero, so that nothing is like it was
    private static ContentSource source(FileChannel file, long size, int added) {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(size);
            }

            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                int from = into.position();
                for (long at = offset; into.hasRemaining(); ) {
                    at += file.read(into, at);
                }
                for (int at = from; added != 0 && at < into.position(); at++) {
                    into.put(at, into.get(at) == 0 ? 0 : (byte) (into.get(at) + added));
                }
            }
        };
    }
}
