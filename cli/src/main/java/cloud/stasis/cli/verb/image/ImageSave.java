package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Wire;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Progress;
import cloud.stasis.cli.screen.ProgressView;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Download an image into a file.",
            "The file appears under its name only when it is whole and its hash is the one that the cloud promised."
        },
        footer = {"", "Examples:", "  stasis image-save --file nightly-1.qcow2 nightly-1"})
public final class ImageSave extends Verb {
    private static final int BUFFER = 256 * 1024;

    @Parameters(paramLabel = "IMAGE", description = "name or id")
    private String image = "";

    @Option(names = "--file", paramLabel = "FILE", required = true, description = "where to put it")
    private Path file = Path.of("");

    public ImageSave(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Image found = cloud().images().image(image);
        ProgressView view = tools().progress(found.name());
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        Interrupts interrupts = tools().surroundings().interrupts();
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords(draft))) {
            download(found, draft, view);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            view.end("saved");
        } catch (IOException failed) {
            view.end("failed");
            throw Failure.command(
                    "image " + found.id() + " could not be saved as '" + file + "': " + failed.getMessage());
        } finally {
            discard(draft);
        }
        if (output().format() != Format.TABLE) {
            output().document(found.json());
        }
        return ExitCode.OK;
    }

    private void lastWords(Path draft) {
        discard(draft);
        tools().terminal().err().println();
        tools().terminal().note("Nothing was saved. Begin again:  stasis image-save --file " + file + " " + image);
    }

    private void download(Image found, Path draft, ProgressView view) throws IOException {
        try (Wire.Stream stream = cloud().images().download(found)) {
            if (!stream.isSuccess()) {
                stream.toReply().orFail();
            }
            Promise promise = Promise.of(found);
            InputStream counted = new CountedStream(stream.body(), done -> view.show(progress(found, done)));
            try (OutputStream out = Files.newOutputStream(draft)) {
                byte[] buffer = new byte[BUFFER];
                for (int read = counted.read(buffer); read >= 0; read = counted.read(buffer)) {
                    out.write(buffer, 0, read);
                    promise.saw(buffer, read);
                }
            }
            if (!promise.isKept()) {
                throw Failure.local(
                        FailureType.BAD_ANSWER,
                        "what came for image " + found.id() + " is not what the cloud promised (" + promise
                                + "); nothing was saved");
            }
        }
    }

    private static Progress progress(Image image, ByteCount done) {
        return image.size()
                .map(size -> Progress.ofBytes("downloading", done, size))
                .orElse(Progress.of("downloading"));
    }

    private static void discard(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException _) {
            // It is named .part: nobody takes it for the image.
        }
    }
}
