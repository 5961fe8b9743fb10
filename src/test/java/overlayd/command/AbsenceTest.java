package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.Absence;
import overlayd.subject.FakeDoor;

/** Every command says the same of a name that nobody has, and of a subhost that is not there. */
class AbsenceTest {
    @TempDir
    Path installed;
    private Bench bench;

    @BeforeEach
    void makeBench() {
        bench = new Bench(installed);
    }

    private String told(String... line) {
        bench.run(line);
        return bench.err();
    }

    @Test
    void a_name_that_nobody_has() {
        for (String verb : List.of("status", "log", "audit", "restart", "stop", "go", "pause", "blame", "diff", "drift", "events", "top")) {
            String command = verb.equals("go") || verb.equals("stop") ? "overlay-" + verb : "overlay " + verb;
            assertEquals(command + ": none: " + Absence.UNKNOWN + "\n", told("overlay", verb, "none"));
        }
        assertEquals("overlay cp: none: " + Absence.UNKNOWN + "\n", told("overlay", "cp", "none:/etc/hosts", "/tmp/hosts"));
    }

    @Test
    void a_file_that_was_not_booted() throws IOException {
        Files.writeString(installed.resolve("late.conf"), "BASE=/b\n");
        for (String[] line : List.of(new String[] {"overlay", "status", "late"}, new String[] {"overlay", "restart", "late"},
                new String[] {"overlay-go", "late"})) {
            String command = line[0].equals("overlay") ? "overlay " + line[1] : line[0];
            assertEquals(command + ": late: was not booted since the host's start; boot it: overlay-boot late\n", told(line));
        }
    }

    @Test
    void one_of_another_kind_that_runs_was_booted() {
        bench.door.with(FakeDoor.withLog(FakeDoor.record("old", "FOREIGN", "booted by overlay-boot 1.6"), Path.of("")));
        assertEquals(0, bench.run("overlay", "status", "old"), bench.err());
        assertEquals("", bench.err());
        assertEquals(List.of("old"), Stream.of(bench.out().split(":")).limit(1).toList());
    }
}
