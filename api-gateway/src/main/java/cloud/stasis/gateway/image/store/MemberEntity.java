package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.image.ImageMember;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity(name = "ImageMemberEntity")
@Table(name = "image_member")
class MemberEntity {
    @Embeddable
    record Key(
            @Column(name = "image_id", length = 36, columnDefinition = "char(36)")
            String imageId,

            @Column(name = "project_id", length = 64) String projectId) {
        static Key of(ImageId image, ProjectId project) {
            return new Key(image.toString(), project.value());
        }
    }

    @EmbeddedId
    Key key = new Key("", "");

    @Column(nullable = false, length = 16)
    String status = "";

    @Column(name = "created_at", nullable = false)
    Instant createdAt = Instant.EPOCH;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt = Instant.EPOCH;

    void take(ImageMember member) {
        key = Key.of(member.image(), member.project());
        status = member.status().wireName();
        createdAt = member.createdAt();
        updatedAt = member.updatedAt();
    }

    ImageMember toMember() {
        return new ImageMember(
                ImageId.parse(key.imageId()),
                new ProjectId(key.projectId()),
                ImageMember.Status.of(status).orElse(ImageMember.Status.PENDING),
                createdAt,
                updatedAt);
    }
}
