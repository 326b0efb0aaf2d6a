import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Moves files into a store and out of it as an agent does. Takes orders from its standard input, one a line, and
/// answers each with a line of JSON: what it took, in this process and the image service together.
///
/// ```
/// StoreClient URL PID                  of the image service; the key of the site is in STASIS_CAPABILITY_KEY
///   warm FILE                          like the next, with bytes that are not those of the file, and not all of them
///   ingest FILE
///   again FILE ROOT EXTENTS            what changed since ROOT lies in the extents named in a file, or ("-") anywhere
///   restore FILE ROOT SIZE
///   verify                             all of the store, by its own scrub
/// ```
final class StoreClient {
    private static final long WARM_BYTES = 768L << 20;
    private static final double TICKS = 100;

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
            System.out.println(client.measure(order.split(" ")));
        }
    }

    private String measure(String[] order) throws Exception {
        long self = ProcessHandle.current().pid();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        Files.writeString(Path.of("/proc/" + service + "/clear_refs"), "5");
        double cpuBefore = cpu(service);
        double ownBefore = cpu(self);
        long begin = System.nanoTime();
        String more = carryOut(order);
        return "{\"wall_s\":%.3f,\"cpu_s\":%.2f,\"client_cpu_s\":%.2f,\"peak_mib\":%.0f,\"client_peak_mib\":%.0f%s}"
                .formatted(
                        (System.nanoTime() - begin) / 1e9,
                        cpu(service) - cpuBefore + cpu(self) - ownBefore,
                        cpu(self) - ownBefore,
                        peak(service) + peak(self),
                        peak(self),
                        more);
    }

    private String carryOut(String[] order) throws Exception {
        return switch (order[0]) {
            case "warm" -> uploaded(upload(Path.of(order[1]), WARM_BYTES, 1, nothing(), "-"));
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
            UploadResult result = store.upload(source, base, extents(extents, source.size()), TransferListener.NONE);
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

    private static List<Extent> extents(String file, ByteCount size) throws IOException {
        if (file.equals("-")) {
            return List.of(new Extent(0, size.bytes()));
        }
        List<Extent> extents = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(file))) {
            String[] words = line.split(" ");
            extents.add(new Extent(Long.parseLong(words[0]), Long.parseLong(words[1])));
        }
        return extents;
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

    private static double cpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(words[11]) + Long.parseLong(words[12])) / TICKS;
    }

    private static double peak(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }
}
