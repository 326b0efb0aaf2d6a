package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts into an empty cloud what one needs to log in for the first time: the domain Default with the projects admin
/// and service, the user admin, and the roles. Later starts find the domain and change nothing, whatever was
/// changed since.
public final class Bootstrap {
    private final Projects projects;
    private final Users users;
    private final Roles roles;
    private final Assignments assignments;
    private final Passwords passwords;
    private final UnitOfWork unitOfWork;

    public Bootstrap(
            Projects projects,
            Users users,
            Roles roles,
            Assignments assignments,
            Passwords passwords,
            UnitOfWork unitOfWork) {
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.assignments = assignments;
        this.passwords = passwords;
        this.unitOfWork = unitOfWork;
    }

    /// Repeatable, also by several gateways at the same time: one of them wins, as one transaction.
    ///
    /// @return whether anything was made
    /// @throws StasisException `INVALID_REQUEST` if the cloud is empty and no password is given
    public boolean run(Optional<String> adminPassword) {
        if (isDone()) {
            return false;
        }
        String password = adminPassword
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "This cloud has no users yet: set STASIS_ADMIN_PASSWORD for the first start."));
        PasswordHash hash = passwords.hash(password);
        try {
            return unitOfWork.call(() -> fill(hash));
        } catch (StasisException raced) {
            if (raced.code() == ErrorCode.NAME_TAKEN && isDone()) {
                return false;
            }
            throw raced;
        }
    }

    private boolean isDone() {
        return projects.findDomain(DomainId.DEFAULT).isPresent();
    }

    private boolean fill(PasswordHash hash) {
        projects.add(new Project(
                new ProjectId(DomainId.DEFAULT.value()),
                Optional.empty(),
                Optional.empty(),
                "Default",
                "The default domain",
                true,
                List.of(),
                Project.Kind.DOMAIN));
        ProjectId adminProject = project("admin", "For operators");
        project("service", "For the services of the cloud");
        RoleId admin = role(Role.ADMIN, "May do everything");
        RoleId member = role(Role.MEMBER, "May use and change what is the project's");
        RoleId reader = role(Role.READER, "May look at what is the project's");
        role(Role.SERVICE, "Other services of the cloud");
        roles.imply(new Roles.Implication(admin, member));
        roles.imply(new Roles.Implication(member, reader));

        UserId user = new UserId(Ids.random());
        users.add(
                new User(user, DomainId.DEFAULT, "admin", "The first operator", "", true, Optional.empty(), Map.of()));
        users.setPasswordHash(user, hash);
        Assignment.Actor actor = new Assignment.Actor.OfUser(user);
        assignments.add(
                new Assignment(actor, new Assignment.Target.OnProject(adminProject), admin, Assignment.Reach.TARGET));
        assignments.add(new Assignment(
                actor, new Assignment.Target.OnDomain(DomainId.DEFAULT), admin, Assignment.Reach.TARGET));
        assignments.add(new Assignment(actor, new Assignment.Target.OnSystem(), admin, Assignment.Reach.TARGET));
        return true;
    }

    private ProjectId project(String name, String description) {
        ProjectId id = new ProjectId(Ids.random());
        projects.add(new Project(
                id,
                Optional.of(DomainId.DEFAULT),
                Optional.empty(),
                name,
                description,
                true,
                List.of(),
                Project.Kind.PROJECT));
        return id;
    }

    private RoleId role(String name, String description) {
        RoleId id = new RoleId(Ids.random());
        roles.add(new Role(id, Optional.empty(), name, description));
        return id;
    }
}
