package cloud.stasis.gateway.metadef;

import java.time.Instant;

/// One entry of a namespace. Its content is the JSON object that the client gave, checked, without the name.
public record Definition(Kind kind, MetadefName name, Content content, Instant createdAt, Instant updatedAt) {
    public enum Kind {
        RESOURCE_TYPE("resource type association"),
        PROPERTY("property"),
        OBJECT("object"),
        TAG("tag");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// For messages.
        public String word() {
            return word;
        }
    }

    /// A JSON object as text.
    public record Content(String json) {}

    /// What a client asks for.
    public record Draft(Kind kind, MetadefName name, Content content) {}
}
