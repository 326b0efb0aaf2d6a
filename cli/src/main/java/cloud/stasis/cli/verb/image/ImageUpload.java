package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Body;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.screen.Progress;
import cloud.stasis.cli.screen.ProgressView;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Upload a file as a new image.",
        footer = {
            "",
            "Examples:",
            "  stasis image-upload --file debian.qcow2 debian",
            "  stasis image-upload --file web-1.ova --container-format ova --wait web-1",
            "  stasis image-upload --file root.raw \\",
            "      --property kernel_id=ID --property ramdisk_id=ID demo"
        })
public final class ImageUpload extends Verb {
    private static final byte[] QCOW2_MAGIC = {'Q', 'F', 'I', (byte) 0xfb};

    @Parameters(paramLabel = "NAME", description = "name of the new image")
    private String name = "";

    @Option(names = "--file", paramLabel = "FILE", required = true, description = "what to upload")
    private Path file = Path.of("");

    @Option(
            names = "--disk-format",
            paramLabel = "FORMAT",
            description = "qcow2, raw, aki, ari, ... (qcow2 if the file begins like one, else raw)")
    private @Nullable String diskFormat;

    @Option(names = "--container-format", paramLabel = "FORMAT", description = "bare, aki, ari, ... (bare)")
    private @Nullable String containerFormat;

    @Option(names = "--property", paramLabel = "KEY=VALUE", description = "properties; may be repeated")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ImageUpload(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ByteCount size = size();
        String format = diskFormat == null ? recognised() : diskFormat;
        boolean bootPart = format.equals("aki") || format.equals("ari");
        ObjectNode request = Json.object()
                .put("name", name)
                .put("disk_format", format)
                .put("container_format", containerFormat != null ? containerFormat : bootPart ? format : "bare");
        properties.forEach(request::put);
        Image image = cloud().images().create(request);
        upload(image, size);
        Image uploaded = wait.waits(false)
                ? tools().follower().image(image.id(), name, wait.limit())
                : cloud().images().byId(image.id()).orElse(image);
        imported(image, containerFormat != null && containerFormat.equals("ova"));
        output().one(uploaded, PropertyRows.of(uploaded.json()));
        return ExitCode.OK;
    }

    private void upload(Image image, ByteCount size) {
        ProgressView view = tools().progress(name);
        Interrupts interrupts = tools().surroundings().interrupts();
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords(image))) {
            Body.Source source = () -> new CountedStream(
                    Files.newInputStream(file), done -> view.show(Progress.ofBytes("uploading", done, size)));
            cloud().images().upload(image, new Body.Upload(size, source));
            view.end("uploaded");
        } catch (Failure failure) {
            Optional<Image> left = tools().follower().uploaded(image);
            if (failure.httpStatus().isEmpty() && left.filter(Image::isActive).isPresent()) {
                view.end("uploaded");
                tools().terminal().note("The answer was lost, but the cloud has all of it.");
                return;
            }
            view.end("failed");
            discard(image, left);
            throw failure;
        }
    }

    private void lastWords(Image image) {
        tools().terminal().err().println();
        tools().terminal()
                .note("The upload was cut off and cannot be gone on with. Remove what is there of it:  "
                        + "stasis image-delete " + image.id());
    }
    /// An image without data is of no use to anybody. Only one that surely has none is removed, and whatever that comes
    /// to, the failure of the upload is the one to tell.
    private void discard(Image image, Optional<Image> left) {
        try {
            if (left.filter(Image::isWaitingForData).isPresent()) {
                cloud().images().delete(image);
                return;
            }
        } catch (Failure secondary) {
            // Then it has to be looked at by whoever reads this.
        }
        tools().terminal()
                .note("What is there of image " + image.id() + " is not known. Look at it:  stasis image-show "
                        + image.id());
    }

    /// An archive of a machine becomes a snapshot as well, which takes a while longer.
    private void imported(Image image, boolean isMachine) {
        if (!isMachine && !wait.waits(false)) {
            return;
        }
        cloud().jobs().ofImage(image.id()).filter(job -> !job.isOver()).ifPresent(job -> {
            if (wait.waits(false)) {
                tools().follower().job(job, job.kindInWords(), wait.limit());
            } else {
                tools().terminal().note("It becomes a snapshot, too. Follow it:  stasis job-follow " + job.id());
            }
        });
    }

    private ByteCount size() {
        try {
            if (!Files.isRegularFile(file)) {
                throw Failure.command("'" + file + "' is not a file");
            }
            return ByteCount.ofBytes(Files.size(file));
        } catch (IOException unreadable) {
            throw Failure.command("'" + file + "' cannot be read: " + unreadable.getMessage());
        }
    }

    private String recognised() {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(QCOW2_MAGIC.length), QCOW2_MAGIC) ? "qcow2" : "raw";
        } catch (IOException unreadable) {
            throw Failure.command("'" + file + "' cannot be read: " + unreadable.getMessage());
        }
    }
}
