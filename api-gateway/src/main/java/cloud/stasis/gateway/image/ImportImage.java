package cloud.stasis.gateway.image;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.UserId;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes an image active whose bytes are staged, or are fetched from elsewhere. Either way they lie in the store
/// and nowhere else, and nobody has them before. If it fails, what was staged is still staged, and what was fetched
/// is gone.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | describe (staged) | image service | DescribeBundle | none: it says what the image is |
/// | import (fetched) | image service | ImportImage | DropReference |
public final class ImportImage implements Saga<ImportImage.Data> {
    /// Of imports that an earlier release began.
    private static final UserId NOBODY = new UserId("imported");

    private final Imports imports;
    private final Outbox outbox;
    private final DropBundle dropBundle;

    public ImportImage(Imports imports, Outbox outbox, DropBundle dropBundle) {
        this.imports = imports;
        this.outbox = outbox;
        this.dropBundle = dropBundle;
    }

    /// @param user who asked for it
    /// @param source of what is fetched; empty for what is staged
    /// @param most bytes that are fetched
    public record Data(
            ImageId image,
            ProjectId owner,
            Optional<UserId> user,
            Optional<URI> source,
            String diskFormat,
            String containerFormat,
            ByteCount most,
            Map<String, String> metadata,
            Optional<CommandResult.Imported> imported) {
        public Data {
            metadata = Map.copyOf(metadata);
        }

        Data having(CommandResult.Imported result) {
            return new Data(
                    image, owner, user, source, diskFormat, containerFormat, most, metadata, Optional.of(result));
        }
    }

    @Override
    public String name() {
        return "import-image";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        if (data.source().isEmpty()) {
            return List.of(Step.of(
                    "describe",
                    known -> new Request(
                            outbox.imageTopic(),
                            new ImageCommand.DescribeBundle(ReferenceName.of(known.image()), known.metadata()))));
        }
        return List.of(Step.<Data>of(
                        "import",
                        known -> new Request(
                                outbox.imageTopic(),
                                new ImageCommand.ImportImage(
                                        ReferenceName.of(known.image()),
                                        known.source().orElseThrow(),
                                        known.diskFormat(),
                                        known.containerFormat(),
                                        known.most(),
                                        known.metadata())))
                .bringing(CommandResult.Imported.class, Data::having)
                .undoneBy(known -> new Request(
                        outbox.imageTopic(), new ImageCommand.DropReference(ReferenceName.of(known.image())))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        return imports.succeeded(
                        data.image(),
                        data.imported(),
                        new ArchiveImport.Sender(data.user().orElse(NOBODY), run.requestId()))
                ? List.of()
                : List.of(new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(data.image()))));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        imports.failed(run.data().image());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        imports.failed(run.data().image());
    }

    @Override
    public boolean isUnwanted(Data data) {
        return !imports.isWanted(data.image());
    }
}
