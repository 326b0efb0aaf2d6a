package cloud.stasis.image.bundle;

import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.ova.OvaImport;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;

/// Tells what machine is in an image that was uploaded as the archive of one.
public final class Archives {
    private final Repository repository;

    public Archives(Repository repository) {
        this.repository = repository;
    }

    /// @throws StasisException `IMAGE_NOT_FOUND` if there is no such image, or it is no archive; `HOSTILE_IMAGE`
    CommandResult.Opened open(ReferenceName image) {
        Reference reference = repository.reference(image).orElseThrow(() -> notFound(image));
        Content file = repository.manifest(reference.manifest()).parts().stream()
                .filter(Part.File.class::isInstance)
                .map(Part::content)
                .findFirst()
                .orElseThrow(() -> notFound(image));
        return OvaImport.open(file, repository.ownExchange()).orElseThrow(() -> notFound(image));
    }

    private static StasisException notFound(ReferenceName image) {
        return new StasisException(ErrorCode.IMAGE_NOT_FOUND, image + " has no archive of a machine");
    }
}
