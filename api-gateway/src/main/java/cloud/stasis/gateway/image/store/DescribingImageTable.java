package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.identity.Project;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageDescription;
import cloud.stasis.gateway.image.ImageTable;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ReferenceName;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.inject.Inject;

/// Tells the store whatever changes of an image that has data, in the transaction that changes it: so the store alone
/// is enough to know the image again.
@Decorator
@Priority(10)
abstract class DescribingImageTable implements ImageTable {
    private final ImageTable table;
    private final Projects projects;
    private final Outbox outbox;

    @Inject
    DescribingImageTable(@Delegate ImageTable table, Projects projects, Outbox outbox) {
        this.table = table;
        this.projects = projects;
        this.outbox = outbox;
    }

    @Override
    public void add(Image image) {
        table.add(image);
        describe(image);
    }

    @Override
    public void change(Image image) {
        table.change(image);
        describe(image);
    }

    private void describe(Image image) {
        if (image.state().content().isPresent()) {
            outbox.send(
                    outbox.imageTopic(),
                    CommandId.random(),
                    new ImageCommand.DescribeBundle(
                            ReferenceName.of(image.id()),
                            ImageDescription.write(
                                    image, projects.find(image.owner()).map(Project::name))),
                    "");
        }
    }
}
