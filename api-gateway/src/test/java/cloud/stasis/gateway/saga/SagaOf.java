package cloud.stasis.gateway.saga;

import cloud.stasis.model.ErrorReport;
import java.util.List;

/// A saga that is nothing but its steps.
record SagaOf(List<Step<String>> list) implements Saga<String> {
    @Override
    public String name() {
        return "test";
    }

    @Override
    public Class<String> dataType() {
        return String.class;
    }

    @Override
    public List<Step<String>> steps(String data) {
        return list;
    }

    @Override
    public List<Start<?>> completed(Run<String> run) {
        return List.of();
    }

    @Override
    public void undone(Run<String> run, ErrorReport cause) {}

    @Override
    public void stuck(Run<String> run, ErrorReport failure) {}
}
