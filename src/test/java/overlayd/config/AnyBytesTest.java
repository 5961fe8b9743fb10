package overlayd.config;

import java.time.Duration;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whatever the bytes: no exception, and each problem points into the file. */
class AnyBytesTest {
    @Property(tries = 2000)
    void no_bytes_crash_the_reader(@ForAll byte[] bytes) {
        holds(bytes);
    }

    @Property(tries = 4000)
    void nothing_that_resembles_a_configuration_crashes_the_reader(@ForAll("files") String text) {
        holds(ByteText.encode(text));
    }

    @Provide
    Arbitrary<String> files() {
        Arbitrary<String> key = Arbitraries.of(ConfigKey.class).map(Enum::name);
        Arbitrary<String> part = Arbitraries.oneOf(
                Arbitraries.of("$BASE", "${NAME}", "$LIVE", "${WORK}", "${", "$", "!", "!x ", "\"", "'", "\\", ":", "=", ".302", ",ro", "none", "tmp:", "stack:",
                        "exec:", "/sbin/init", "br0=", "02:00:00:00:00:01", " ", "\t", "#", "/", "..", "50M", "%", "\r", "\0", "\uDCFF", "ñ", "𝄞", "1h"),
                Arbitraries.strings().ascii().ofMaxLength(6));
        Arbitrary<String> value = part.list().ofMaxSize(6).map(parts -> String.join("", parts));
        Arbitrary<String> line = Combinators.combine(key, Arbitraries.of("=", "= ", " =", ""), value).as((k, e, v) -> k + e + v);
        return line.list().ofMaxSize(8).map(lines -> String.join("\n", lines));
    }

    /** As large as a file may be, and made so that a quadratic step would take minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"X=1\n", "NAME=\n", "SHARE=/a:/b\n", "x\n", "LOWER=!\n", "PREMOUNT=x\n", "BASE=a:", "CABLES== =.1 = a=", "START=a b c ", "LOWER=/a:/b:",
        "ENVIRONMENT=A=1 B=2 ", "LIVE=$NAME", "UPPER=${WORK}", "WORK=$WORK", "LOG=a\0"})
    void a_hostile_file_of_the_largest_size_is_read_in_seconds(String piece) {
        String head = piece.endsWith("\n") ? "" : piece.substring(0, piece.indexOf('=') + 1);
        int room = head.isEmpty() ? ConfigParser.MAX_BYTES : ConfigParser.LONGEST_VALUE;
        String text = head + piece.substring(head.length()).repeat(room / piece.substring(head.length()).length());
        FileTrust untrusted = new FileTrust(List.of(new FileTrust.Element(Reads.FILE, FileTrust.Role.FILE, 1000, 0644)));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () ->
                Reads.reader(Strictness.BOOT).read(new ConfigFile(Reads.FILE, ByteText.encode(text), untrusted)));
    }

    private static void holds(byte[] bytes) {
        ConfigFile file = new ConfigFile(Reads.FILE, bytes, FileTrust.TRUSTED);
        Reading boot = Reads.reader(Strictness.BOOT).read(file);
        List<String> lines = List.of(ByteText.decode(bytes).split("\n", -1));
        for (Problem p : boot.problems()) {
            assertTrue(p.line() <= lines.size(), p.text());
            String line = lines.get(p.line() - 1);
            assertTrue(p.column() <= line.codePointCount(0, line.length()) + 1, p.text());
            assertTrue(p.text().lines().count() == 1, "one line each");
        }
        assertEquals(boot.hasErrors(), boot.config().isEmpty());
        Reading check = Reads.reader(Strictness.CHECK).read(file);
        assertEquals(boot.problems().stream().map(Problem::asError).toList(), check.problems());
        ConfigReader.running(HostDefaults.NONE, command -> new CommandRunner.FirstLine(command.text())).read(file);
        HostConfig.read(file, Strictness.BOOT);
    }
}
