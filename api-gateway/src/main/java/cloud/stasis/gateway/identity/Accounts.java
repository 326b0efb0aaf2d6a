package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The rules for users. Whatever makes a user's proofs worthless voids the tokens that came from them.
///
/// Passwords are hashed before the database is asked for anything, and each change is one transaction.
public final class Accounts {
    private final Users users;
    private final Projects projects;
    private final Passwords passwords;
    private final UnitOfWork unitOfWork;

    public Accounts(Users users, Projects projects, Passwords passwords, UnitOfWork unitOfWork) {
        this.users = users;
        this.projects = projects;
        this.passwords = passwords;
        this.unitOfWork = unitOfWork;
    }

    /// @param password empty for a user who does not log in by one
    public record Plan(
            DomainId domain,
            String name,
            String description,
            String email,
            boolean enabled,
            Optional<ProjectId> defaultProject,
            Map<String, String> extra,
            Optional<String> password) {
        @Override
        public String toString() {
            return "Plan[" + domain + "/" + name + "]";
        }
    }

    public record Change(
            Optional<String> name,
            Optional<String> description,
            Optional<String> email,
            Optional<Boolean> enabled,
            Optional<ProjectId> defaultProject,
            Map<String, String> extra,
            Optional<String> password) {
        @Override
        public String toString() {
            return "Change[" + name + "]";
        }
    }

    public User create(Plan plan) {
        requireFew(plan.extra());
        Optional<PasswordHash> hash = plan.password().map(passwords::hash);
        User user = new User(
                new UserId(Ids.random()),
                plan.domain(),
                plan.name(),
                plan.description(),
                plan.email(),
                plan.enabled(),
                plan.defaultProject(),
                plan.extra());
        return unitOfWork.call(() -> {
            projects.requiredDomain(plan.domain());
            users.add(user);
            hash.ifPresent(text -> users.setPasswordHash(user.id(), text));
            return user;
        });
    }

    public User change(UserId id, Change change) {
        Optional<PasswordHash> hash = change.password().map(passwords::hash);
        return unitOfWork.call(() -> {
            User before = users.required(id);
            Map<String, String> extra = new TreeMap<>(before.extra());
            extra.putAll(change.extra());
            requireFew(extra);
            User after = new User(
                    id,
                    before.domain(),
                    change.name().orElse(before.name()),
                    change.description().orElse(before.description()),
                    change.email().orElse(before.email()),
                    change.enabled().orElse(before.enabled()),
                    change.defaultProject().or(before::defaultProject),
                    extra);
            users.change(after);
            hash.ifPresent(text -> users.setPasswordHash(id, text));
            if (hash.isPresent() || before.enabled() && !after.enabled()) {
                users.voidTokens(id);
            }
            return after;
        });
    }

    private static void requireFew(Map<String, String> extra) {
        if (extra.size() > IdentityLimits.EXTRA) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "A user has at most " + IdentityLimits.EXTRA + " attributes of its own.");
        }
    }

    /// A user changes its own password.
    ///
    /// @return false if the original one is wrong
    public boolean changePassword(UserId id, String original, String wanted) {
        if (wanted.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "The new password must not be empty.");
        }
        boolean right = users.passwordHash(id)
                .map(hash -> passwords.matches(original, hash))
                .orElse(false);
        if (right) {
            PasswordHash hash = passwords.hash(wanted);
            unitOfWork.call(() -> {
                users.setPasswordHash(id, hash);
                users.voidTokens(id);
                return id;
            });
        }
        return right;
    }

    public void remove(UserId id) {
        unitOfWork.call(() -> {
            users.required(id);
            users.remove(id);
            return id;
        });
    }
}
