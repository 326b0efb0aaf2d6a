package cloud.stasis.compute;

import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.Hypervisor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// A hypervisor that has its disks exported and takes its time to say so.
final class SlowExports {
    private SlowExports() {}

    static Hypervisor of(Hypervisor hypervisor, Runnable slowly) {
        return watched(
                Hypervisor.class,
                (method, args) -> method.getName().equals("history")
                        ? history(hypervisor.history(), slowly)
                        : call(hypervisor, method, args));
    }

    private static DiskHistory history(DiskHistory history, Runnable slowly) {
        return watched(DiskHistory.class, (method, args) -> {
            Object result = call(history, method, args);
            if (method.getName().equals("export")) {
                slowly.run();
            }
            return result;
        });
    }

    private interface Call {
        Object of(Method method, Object[] args) throws Throwable;
    }

    private static <T> T watched(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, args) -> call.of(method, args)));
    }

    private static Object call(Object part, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(part, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
