package cloud.stasis.image.blob.s3;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.StoreMarker;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A store in a bucket.
public final class S3BlobStore implements BlobStore {
    private static final Logger LOG = Logger.getLogger(S3BlobStore.class);

    /// Buckets do not say how much room they have: a pebibyte.
    private static final ByteCount FREE = ByteCount.ofGib(1024 * 1024);

    private final S3Client client;
    private final String bucket;
    private final String prefix;
    private final S3Notes notes;
    private final S3Parts parts;

    private S3BlobStore(S3Client client, S3Location location) {
        this.client = client;
        this.bucket = location.bucket();
        this.prefix = location.prefix();
        this.notes = new S3Notes(client, bucket);
        this.parts = new S3Parts(client, bucket);
    }

    /// Opens the store in a bucket, which has to exist, or makes one if there is nothing under the prefix.
    ///
    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is something else, a store of another version, or
    /// if the server does not compare and set
    public static S3BlobStore open(S3Location location, AwsCredentialsProvider credentials, S3Patience patience) {
        S3BlobStore store = new S3BlobStore(S3Clients.of(location, credentials, patience), location);
        try {
            store.requireOurs(true);
            new ConditionalWrites(store.client, store.bucket, store.prefix).require();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// The store as it lies there, for who only looks and may have the right to no more. To be wrapped so that
    /// nothing is written, see [cloud.stasis.image.blob.ReadOnlyBlobStore].
    ///
    /// @throws StasisException `UNSUPPORTED_FORMAT` if there is no store, or one of another version
    public static S3BlobStore look(S3Location location, AwsCredentialsProvider credentials, S3Patience patience) {
        S3BlobStore store = new S3BlobStore(S3Clients.of(location, credentials, patience), location);
        try {
            store.requireOurs(false);
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        String key = key(name);
        S3Errors.told("storing an object", () -> {
            if (bytes.length > S3Clients.ONE_PUT.bytes()) {
                parts.put(key, bytes);
            } else {
                client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(bytes));
            }
            return name;
        });
    }

    @Override
    public boolean exists(ObjectName name) {
        try {
            client.headObject(request -> request.bucket(bucket).key(key(name)));
            return true;
        } catch (S3Exception e) {
            if (S3Errors.isAbsent(e)) {
                return false;
            }
            throw S3Errors.of("looking for an object", e);
        } catch (SdkException e) {
            throw S3Errors.of("looking for an object", e);
        }
    }

    @Override
    public List<ObjectName> find(ObjectName.Kind kind, Digest digest) {
        List<ObjectName> found = new ArrayList<>();
        String folder = folder(kind, digest.toString());
        each(folder + digest, object -> name(kind, object).ifPresent(found::add));
        return found;
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        try {
            return client.getObject(request -> request.bucket(bucket).key(key(name)), (answer, body) -> {
                if (answer.contentLength() > limit.bytes()) {
                    throw new StasisException(ErrorCode.MALFORMED_OBJECT, name + " is larger than " + limit);
                }
                return S3Bodies.whole(body, answer.contentLength().intValue());
            });
        } catch (SdkException e) {
            throw reading(name, e);
        }
    }

    @Override
    public void read(ObjectName name, long offset, ByteBuffer into) {
        if (!into.hasRemaining()) {
            return;
        }
        int length = into.remaining();
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        try {
            byte[] bytes = client.getObject(
                    request -> request.bucket(bucket).key(key(name)).range(range), ranged(name, length));
            into.put(bytes);
        } catch (SdkException e) {
            throw reading(name, e);
        }
    }

    @Override
    public void list(ObjectName.Kind kind, BiConsumer<ObjectName, ByteCount> consumer) {
        each(folder(kind), object -> name(kind, object)
                .ifPresent(name -> consumer.accept(name, ByteCount.ofBytes(object.size()))));
    }

    @Override
    public void quarantine(ObjectName name) {
        try {
            client.copyObject(request -> request.sourceBucket(bucket)
                    .sourceKey(key(name))
                    .destinationBucket(bucket)
                    .destinationKey(prefix + "quarantine/" + name.kind() + "-" + name.file()));
            client.deleteObject(request -> request.bucket(bucket).key(key(name)));
        } catch (S3Exception e) {
            if (!S3Errors.isAbsent(e)) {
                throw S3Errors.of("taking a damaged object out of sight", e);
            }
            LOG.debugf("There is nothing to take out of sight object=%s", name);
        } catch (SdkException e) {
            throw S3Errors.of("taking a damaged object out of sight", e);
        }
    }

    @Override
    public void delete(ObjectName name) {
        S3Errors.told(
                "deleting an object",
                () -> client.deleteObject(request -> request.bucket(bucket).key(key(name))));
    }

    @Override
    public Optional<byte[]> note(NoteName name) {
        return notes.read(prefix + name);
    }

    @Override
    public void setNote(NoteName name, Optional<byte[]> expected, byte[] next) {
        notes.set(prefix + name, expected, next);
    }

    @Override
    public void dropNote(NoteName name) {
        notes.drop(prefix + name);
    }

    @Override
    public void dropNote(NoteName name, byte[] expected) {
        notes.drop(prefix + name, expected);
    }

    @Override
    public List<NoteName> notes(NoteName.Folder folder) {
        List<NoteName> names = new ArrayList<>();
        each(prefix + folder.path() + "/", object -> {
            if (NoteName.isName(file(object))) {
                names.add(new NoteName(folder, file(object)));
            }
        });
        return names;
    }

    @Override
    public ByteCount free() {
        return FREE;
    }

    @Override
    public void probe() {
        String key = prefix + "probe/" + UUID.randomUUID();
        S3Errors.told("writing to the store", () -> {
            client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(StoreMarker.bytes()));
            return client.deleteObject(request -> request.bucket(bucket).key(key));
        });
    }

    @Override
    public void close() {
        client.close();
    }

    private void requireOurs(boolean make) {
        Optional<byte[]> marker = notes.read(prefix + StoreMarker.NAME);
        if (marker.isPresent()) {
            StoreMarker.require(marker.get());
            return;
        }
        boolean empty = S3Errors.told("opening the store", () -> client.listObjectsV2(
                        request -> request.bucket(bucket).prefix(prefix).maxKeys(1))
                .contents()
                .isEmpty());
        if (!make || !empty) {
            throw new StasisException(
                    ErrorCode.UNSUPPORTED_FORMAT,
                    make
                            ? "the place of the store holds something else: name another prefix in STASIS_STORE_URL"
                            : "there is no store in s3://" + bucket + "/" + prefix);
        }
        try {
            notes.set(prefix + StoreMarker.NAME, Optional.empty(), StoreMarker.bytes());
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            // Somebody else made it in between.
            requireOurs(false);
        }
    }

    /// Reads a range. A body that ends before it should is the network's fault, and repeated; an object that ends
    /// before is damaged.
    private static ResponseTransformer<GetObjectResponse, byte[]> ranged(ObjectName name, int length) {
        return (answer, body) -> {
            if (answer.contentLength() < length) {
                throw tooShort(name);
            }
            if (answer.contentRange() == null) {
                throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the bucket does not give ranges of objects");
            }
            return S3Bodies.whole(body, length);
        };
    }

    private static StasisException reading(ObjectName name, SdkException failure) {
        Optional<StasisException> known = S3Errors.known(failure);
        if (known.isPresent()) {
            return known.get();
        }
        if (failure instanceof S3Exception answer) {
            if (S3Errors.isAbsent(answer)) {
                return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "the store has no " + name);
            }
            if (answer.statusCode() == S3Errors.NOT_SATISFIABLE) {
                return tooShort(name);
            }
        }
        return S3Errors.of("reading an object", failure);
    }

    private static StasisException tooShort(ObjectName name) {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, name + " is shorter than it should be");
    }

    private void each(String keys, Consumer<S3Object> consumer) {
        S3Errors.told("listing the store", () -> {
            client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(keys))
                    .contents()
                    .forEach(consumer);
            return keys;
        });
    }

    private static Optional<ObjectName> name(ObjectName.Kind kind, S3Object object) {
        try {
            return Optional.of(ObjectName.parse(kind, file(object)));
        } catch (StasisException e) {
            LOG.warnf("An object in the bucket is not ours key=%s", object.key());
            return Optional.empty();
        }
    }

    private static String file(S3Object object) {
        return object.key().substring(object.key().lastIndexOf('/') + 1);
    }

    private String key(ObjectName name) {
        return folder(name.kind(), name.file()) + name.file();
    }

    private String folder(ObjectName.Kind kind, String file) {
        return switch (kind) {
            case PACK -> folder(kind) + file.substring(0, 2) + "/";
            case MANIFEST -> folder(kind);
        };
    }

    private String folder(ObjectName.Kind kind) {
        return switch (kind) {
            case PACK -> prefix + "packs/";
            case MANIFEST -> prefix + "manifests/";
        };
    }
}
