package cloud.stasis.testkit;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The machine's files, with a [KillSwitch] before each call that changes one of them. Only what is reached through
/// [#path] is watched; other programs get the same names.
public final class WatchedFiles {
    private static final FileSystem REAL = FileSystems.getDefault();

    private final KillSwitch killSwitch;
    private final FileSystem files = new Files();
    private final FileSystemProvider provider = new Provider();

    public WatchedFiles(KillSwitch killSwitch) {
        this.killSwitch = killSwitch;
    }

    public Path path(Path real) {
        return (Path) Proxy.newProxyInstance(
                Path.class.getClassLoader(), new Class<?>[] {Path.class}, new Watched(this, plain(real)));
    }

    private static Path plain(Path path) {
        return Proxy.isProxyClass(path.getClass()) && Proxy.getInvocationHandler(path) instanceof Watched watched
                ? watched.real
                : path;
    }

    /// A path whose files are watched.
    private record Watched(WatchedFiles by, Path real) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given) throws Throwable {
            if (method.getName().equals("getFileSystem")) {
                return by.files;
            }
            Object[] plain = given == null
                    ? new Object[0]
                    : Stream.of(given)
                            .map(one -> one instanceof Path path ? plain(path) : one)
                            .toArray();
            try {
                return by.watched(method.invoke(real, plain));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    private @Nullable Object watched(@Nullable Object result) {
        return switch (result) {
            case Path path -> path(path);
            case Iterator<?> some -> all(some);
            case null, default -> result;
        };
    }

    private Iterator<Path> all(Iterator<?> paths) {
        List<Path> all = new ArrayList<>();
        paths.forEachRemaining(path -> all.add(path((Path) path)));
        return all.iterator();
    }

    private final class Files extends FileSystem {
        @Override
        public FileSystemProvider provider() {
            return provider;
        }

        @Override
        public void close() {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return REAL.getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return () -> all(REAL.getRootDirectories().iterator());
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return REAL.getFileStores();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return REAL.supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return path(REAL.getPath(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            PathMatcher matcher = REAL.getPathMatcher(pattern);
            return path -> matcher.matches(plain(path));
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            return REAL.getUserPrincipalLookupService();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException();
        }
    }

    private final class Provider extends FileSystemProvider {
        private static final Set<OpenOption> WRITING =
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.DELETE_ON_CLOSE);

        private final FileSystemProvider real = REAL.provider();

        @Override
        public String getScheme() {
            return "watched";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return files;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            opening(options);
            return real.newFileChannel(plain(path), options, attributes);
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            opening(options);
            return real.newByteChannel(plain(path), options, attributes);
        }

        private void opening(Set<? extends OpenOption> options) {
            if (options.stream().anyMatch(WRITING::contains)) {
                killSwitch.moment();
            }
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            DirectoryStream<Path> stream = real.newDirectoryStream(plain(directory), filter);
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    return all(stream.iterator());
                }

                @Override
                public void close() throws IOException {
                    stream.close();
                }
            };
        }

        @Override
        public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
            killSwitch.moment();
            real.createDirectory(plain(directory), attributes);
        }

        @Override
        public void createLink(Path link, Path existing) throws IOException {
            killSwitch.moment();
            real.createLink(plain(link), plain(existing));
        }

        @Override
        public void delete(Path path) throws IOException {
            killSwitch.moment();
            real.delete(plain(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            killSwitch.moment();
            real.copy(plain(source), plain(target), options);
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            killSwitch.moment();
            real.move(plain(source), plain(target), options);
        }

        @Override
        public boolean isSameFile(Path one, Path other) throws IOException {
            return real.isSameFile(plain(one), plain(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return real.isHidden(plain(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return real.getFileStore(plain(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            real.checkAccess(plain(path), modes);
        }

        /// Modes are set through one.
        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            killSwitch.moment();
            return real.getFileAttributeView(plain(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return real.readAttributes(plain(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return real.readAttributes(plain(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            killSwitch.moment();
            real.setAttribute(plain(path), attribute, value, options);
        }
    }
}
