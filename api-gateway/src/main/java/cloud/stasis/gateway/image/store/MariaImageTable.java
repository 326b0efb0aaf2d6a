package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageMember;
import cloud.stasis.gateway.image.ImageQuery;
import cloud.stasis.gateway.image.ImageTable;
import cloud.stasis.gateway.image.UploadId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.query.NativeQuery;
import org.jspecify.annotations.Nullable;

@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class MariaImageTable implements ImageTable {
    private final Images images = new Images();
    private final Members members = new Members();

    private static final class Images implements PanacheRepositoryBase<ImageEntity, String> {}

    private static final class Members implements PanacheRepositoryBase<MemberEntity, MemberEntity.Key> {}

    @Override
    public Optional<Image> find(ImageId image) {
        return images.findByIdOptional(image.toString()).map(ImageEntity::toImage);
    }

    @Override
    public Optional<Image> lock(ImageId image) {
        return images.findByIdOptional(image.toString(), LockModeType.PESSIMISTIC_WRITE)
                .map(ImageEntity::toImage);
    }

    @Override
    public void add(Image image) {
        if (images.findById(image.id().toString()) != null) {
            throw new StasisException(ErrorCode.NAME_TAKEN, "Image ID " + image.id() + " already exists!");
        }
        ImageEntity entity = new ImageEntity();
        entity.take(image);
        images.persist(entity);
        images.flush();
        searchRows().write(image.id(), image.details());
    }

    @Override
    public void change(Image image) {
        ImageEntity entity = images.findById(image.id().toString());
        Image before = entity.toImage();
        entity.take(image);
        boolean findable = before.details().tags().equals(image.details().tags())
                && before.details().properties().equals(image.details().properties());
        if (!findable) {
            searchRows().write(image.id(), image.details());
        }
    }

    @Override
    public void remove(ImageId image) {
        images.deleteById(image.toString());
    }

    @Override
    public List<Image> list(Caller caller, ImageQuery query) {
        ImageSql sql = ImageSql.of(caller, query, marker(query));
        NativeQuery<ImageEntity> page = images.getSession().createNativeQuery(sql.text(), ImageEntity.class);
        sql.parameters().forEach(page::setParameter);
        return page.getResultStream().map(ImageEntity::toImage).toList();
    }

    @Override
    public List<Image> ownedWith(ProjectId owner, Map<String, String> properties) {
        Map<String, Object> values = new HashMap<>();
        values.put("owner", owner.value());
        StringBuilder text = new StringBuilder("select i.* from image i where i.owner = :owner");
        properties.forEach((name, value) -> {
            int number = values.size();
            text.append(" and exists (select 1 from image_search s where s.image_id = i.id and s.kind = 'P'")
                    .append(" and s.name = :name" + number + " and s.value = :value" + number + ")");
            values.put("name" + number, name);
            values.put("value" + number, SearchRows.searchable(value));
        });
        text.append(" order by i.created_at desc, i.id desc");
        NativeQuery<ImageEntity> found = images.getSession().createNativeQuery(text.toString(), ImageEntity.class);
        values.forEach(found::setParameter);
        return found.getResultStream().map(ImageEntity::toImage).toList();
    }

    @Override
    public Optional<ImageMember> member(ImageId image, ProjectId project) {
        return members.findByIdOptional(MemberEntity.Key.of(image, project)).map(MemberEntity::toMember);
    }

    @Override
    public List<ImageMember> members(ImageId image) {
        return members.find("key.imageId = ?1 order by key.projectId", image.toString()).stream()
                .map(MemberEntity::toMember)
                .toList();
    }

    @Override
    public void add(ImageMember member) {
        if (members.findById(MemberEntity.Key.of(member.image(), member.project())) != null) {
            throw new StasisException(
                    ErrorCode.NAME_TAKEN,
                    "Image member " + member.project() + " already exists for image " + member.image() + ".");
        }
        MemberEntity entity = new MemberEntity();
        entity.take(member);
        members.persist(entity);
    }

    @Override
    public void change(ImageMember member) {
        members.findById(MemberEntity.Key.of(member.image(), member.project())).take(member);
    }

    @Override
    public boolean removeMember(ImageId image, ProjectId project) {
        return members.deleteById(MemberEntity.Key.of(image, project));
    }

    @Override
    public void beginUpload(ImageId image, UploadId upload, Duration lease) {
        uploadRows().begin(image, upload, lease);
    }

    @Override
    public boolean renewUpload(ImageId image, UploadId upload, Duration lease) {
        return uploadRows().renew(image, upload, lease);
    }

    @Override
    public boolean endUpload(ImageId image, UploadId upload) {
        return uploadRows().end(image, upload);
    }

    @Override
    public boolean hasUpload(ImageId image) {
        return uploadRows().exists(image);
    }

    @Override
    public void expireStaged(Duration age) {
        uploadRows().expireStaged(age);
    }

    @Override
    public List<Overdue> overdueUploads() {
        return uploadRows().overdue();
    }

    @Override
    public void markDropped(Overdue overdue, Duration lease) {
        uploadRows().markDropped(overdue.image(), lease);
    }

    @Override
    public void forgetUpload(Overdue overdue) {
        uploadRows().forget(overdue.image());
    }

    private @Nullable ImageEntity marker(ImageQuery query) {
        if (query.marker().isEmpty()) {
            return null;
        }
        return images.findByIdOptional(query.marker().get().toString())
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "The marker is no image: " + query.marker().get() + "."));
    }

    private SearchRows searchRows() {
        return new SearchRows(images.getSession());
    }

    private UploadRows uploadRows() {
        return new UploadRows(images.getSession());
    }
}
