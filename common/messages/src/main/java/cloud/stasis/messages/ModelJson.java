package cloud.stasis.messages;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StoreId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.util.function.Function;

/// How the value types of the model stand in JSON: ids and digests as text, sizes as a number of bytes.
final class ModelJson extends SimpleModule {
    private static final long serialVersionUID = 1L;

    ModelJson() {
        text(InstanceId.class, InstanceId::parse);
        text(VolumeId.class, VolumeId::parse);
        text(SnapshotId.class, SnapshotId::parse);
        text(ImageId.class, ImageId::parse);
        text(JobId.class, JobId::parse);
        text(SagaId.class, SagaId::parse);
        text(CommandId.class, CommandId::parse);
        text(HostId.class, HostId::new);
        text(BackendId.class, BackendId::new);
        text(StoreId.class, StoreId::new);
        text(ProjectId.class, ProjectId::new);
        text(UserId.class, UserId::new);
        text(DeviceName.class, DeviceName::new);
        text(NetworkId.class, NetworkId::parse);
        text(PortId.class, PortId::parse);
        text(ProtectionId.class, ProtectionId::parse);
        text(MacAddress.class, MacAddress::new);
        text(Digest.class, Digest::parse);
        text(IndexId.class, IndexId::parse);
        text(ManifestId.class, ManifestId::parse);
        addSerializer(ByteCount.class, new ByteCountSerializer());
        addDeserializer(ByteCount.class, new ByteCountDeserializer());
    }

    private <T> void text(Class<T> type, Function<String, T> parse) {
        addSerializer(type, new ToStringSerializer(type));
        addDeserializer(type, new TextDeserializer<>(type, parse));
    }

    private static final class TextDeserializer<T> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;
        private final transient Function<String, T> parse;

        TextDeserializer(Class<T> type, Function<String, T> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parse.apply(parser.getValueAsString(""));
        }
    }

    private static final class ByteCountSerializer extends StdSerializer<ByteCount> {
        private static final long serialVersionUID = 1L;

        ByteCountSerializer() {
            super(ByteCount.class);
        }

        @Override
        public void serialize(ByteCount size, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeNumber(size.bytes());
        }
    }

    private static final class ByteCountDeserializer extends StdDeserializer<ByteCount> {
        private static final long serialVersionUID = 1L;

        ByteCountDeserializer() {
            super(ByteCount.class);
        }

        @Override
        public ByteCount deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return new ByteCount(parser.getLongValue());
        }
    }
}
