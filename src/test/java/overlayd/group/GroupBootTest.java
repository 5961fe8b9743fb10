package overlayd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.Problem;
import overlayd.order.Edge;
import overlayd.subject.FakeDoor;
import overlayd.subject.Locator;
import overlayd.subject.Neighbours;

class GroupBootTest {
    @TempDir
    Path directory;
    private final FakeDoor door = new FakeDoor();
    private final Map<String, GroupBoot.Result<String>> results = new HashMap<>();
    private final List<String> booted = Collections.synchronizedList(new ArrayList<>());

    private Path file(String name, String... keys) throws IOException {
        return Files.writeString(directory.resolve(name + ".conf"), "BASE=/b/" + name + "\n" + String.join("\n", keys) + "\n");
    }

    private List<String> run(BootSet.Why why, Path... files) {
        BootSet set = BootSet.of(List.of(files), why, door, new Neighbours(new Locator(List.of(directory), door::list), door::list));
        return new GroupBoot<>(door, set, new Told()).run();
    }

    private final class Told implements GroupBoot.Work<String> {
        @Override
        public GroupBoot.Result<String> boot(BootSet.Member member) {
            booted.add(member.name());
            return results.getOrDefault(member.name(), new GroupBoot.Result<>(GroupBoot.End.READY, "", member.name() + " up"));
        }

        @Override
        public String refused(BootSet.Member member, List<Problem> problems) {
            return member.name() + " refused: " + problems.get(0).message();
        }

        @Override
        public String left(Edge edge, GroupBoot.Result<String> required) {
            return edge.from() + " left: " + edge.to() + " " + required.why() + (required.end() == GroupBoot.End.MISCONFIGURED ? " (78)" : "");
        }

        @Override
        public String runs(BootSet.Member member) {
            return member.name() + " runs";
        }
    }

    @Test
    void what_is_required_is_booted_with_it_and_before_it() throws IOException {
        file("db");
        Path web = file("web", "REQUIRES=db");
        assertEquals(List.of("db up", "web up"), run(BootSet.Why.ASKED, web));
        assertEquals(List.of("db", "web"), booted);
    }

    @Test
    void what_is_required_and_runs_is_no_part_of_it() throws IOException {
        door.with(FakeDoor.record("db", "RUNNING", ""));
        file("db");
        assertEquals(List.of("web up"), run(BootSet.Why.ASKED, file("web", "REQUIRES=db")));
    }

    @Test
    void who_requires_one_that_fails_is_left_and_so_on_up_but_not_who_is_only_after_it() throws IOException {
        results.put("db", new GroupBoot.Result<>(GroupBoot.End.NOT_READY, "failed: no disk", "db down"));
        Path db = file("db");
        Path web = file("web", "REQUIRES=db");
        Path top = file("top", "REQUIRES=web");
        Path late = file("late", "AFTER=db");
        List<String> told = run(BootSet.Why.ASKED, top, web, late, db);
        assertEquals(List.of("db down", "late up", "top left: web was not booted", "web left: db failed: no disk"), told.stream().sorted().toList());
        assertEquals(List.of("db", "late"), booted);
    }

    @Test
    void a_wrong_configuration_counts_as_one_for_all_that_are_left_for_it() throws IOException {
        results.put("db", new GroupBoot.Result<>(GroupBoot.End.MISCONFIGURED, "has errors in its configuration", "db wrong"));
        file("db");
        file("web", "REQUIRES=db");
        assertEquals(List.of("db wrong", "top left: web was not booted (78)", "web left: db has errors in its configuration (78)"),
                run(BootSet.Why.ASKED, file("top", "REQUIRES=web")).stream().sorted().toList());
    }

    @Test
    void one_that_runs_is_booted_only_for_who_names_it() throws IOException {
        door.with(FakeDoor.record("web", "RUNNING", ""));
        Path web = file("web");
        assertEquals(List.of("web runs"), run(BootSet.Why.LISTED, web));
        assertEquals(List.of(), booted);
        assertEquals(List.of("web up"), run(BootSet.Why.ASKED, web));
    }

    @Test
    void one_that_exists_already_is_ready_for_others_when_it_runs() throws IOException {
        results.put("db", new GroupBoot.Result<>(GroupBoot.End.EXISTS, "is running already", "db there"));
        Path db = file("db");
        Path web = file("web", "REQUIRES=db");
        assertEquals(List.of("db there", "web left: db is running already"), run(BootSet.Why.ASKED, db, web));
        door.with(FakeDoor.record("db", "RUNNING", ""));
        assertEquals(List.of("db there", "web up"), run(BootSet.Why.ASKED, db, web));
    }

    @Test
    void a_circle_refuses_those_in_it_alone() throws IOException {
        Path one = file("one", "AFTER=two");
        Path two = file("two", "AFTER=one");
        Path three = file("three");
        List<String> told = run(BootSet.Why.ASKED, one, two, three);
        assertEquals(List.of("three"), booted);
        assertEquals(3, told.size());
        assertEquals(2, told.stream().filter(line -> line.contains(" refused: subhosts wait for one another: ")).count(), told::toString);
    }

    @Test
    void one_that_requires_a_stranger_is_refused() throws IOException {
        assertEquals(List.of("web refused: web requires nobody, but no subhost of that name is known"),
                run(BootSet.Why.ASKED, file("web", "REQUIRES=nobody")));
        assertEquals(List.of(), booted);
    }
}
