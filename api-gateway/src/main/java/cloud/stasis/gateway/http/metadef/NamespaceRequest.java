package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.gateway.metadef.Definition.Draft;
import cloud.stasis.gateway.metadef.MetadefLimits;
import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.gateway.metadef.Namespace;
import cloud.stasis.gateway.metadef.Namespace.Protection;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A namespace as a client writes it. What is left out gets the same value when it is made and when it is changed.
///
/// @param drafts what shall stand in it; of no effect on one that is there
record NamespaceRequest(Namespace.Details details, List<Draft> drafts) {
    static NamespaceRequest parse(Caller caller, @Nullable JsonNode body) {
        JsonFields fields = DefinitionRequest.writable(body)
                .only(
                        "namespace",
                        "display_name",
                        "description",
                        "visibility",
                        "protected",
                        "owner",
                        "resource_type_associations",
                        "properties",
                        "objects",
                        "tags");
        Namespace.Details details = new Namespace.Details(
                new MetadefName(fields.text("namespace", MetadefLimits.NAME)),
                new Namespace.Label(
                        fields.optionalText("display_name", MetadefLimits.NAME),
                        fields.optionalText("description", MetadefLimits.DESCRIPTION)),
                fields.optionalText("visibility", MetadefLimits.NAME)
                        .map(NamespaceRequest::visibility)
                        .orElse(Visibility.PRIVATE),
                fields.optionalFlag("protected").orElse(false) ? Protection.PROTECTED : Protection.OPEN,
                fields.optionalText("owner", MetadefLimits.NAME)
                        .map(ProjectId::new)
                        .orElse(caller.project()));
        return new NamespaceRequest(details, drafts(fields, body));
    }

    static Visibility visibility(String text) {
        return Visibility.of(text)
                .filter(found -> found == Visibility.PUBLIC || found == Visibility.PRIVATE)
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "Invalid visibility value: it must be public or private."));
    }

    private static List<Draft> drafts(JsonFields fields, @Nullable JsonNode body) {
        List<Draft> drafts = new ArrayList<>();
        if (body != null) {
            DefinitionRequest.entries(fields, "resource_type_associations", body)
                    .forEach(entry -> drafts.add(DefinitionRequest.resourceType(entry)));
            drafts.addAll(DefinitionRequest.properties(fields, body));
            DefinitionRequest.entries(fields, "objects", body)
                    .forEach(entry -> drafts.add(DefinitionRequest.object(entry)));
            DefinitionRequest.entries(fields, "tags", body).forEach(entry -> drafts.add(DefinitionRequest.tag(entry)));
        }
        return drafts;
    }
}
