package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import overlayd.failure.Diagnosis;
import overlayd.plan.HostRule;

/** overlayd-errors(7) has an entry for every rule of the host and every known cause of a failed step. */
class ErrorsManualTest {
    private static final Path PAGE = Path.of("man/overlayd-errors.7.adoc");

    @Test
    void the_manual_says_what_the_tables_say() throws IOException {
        String text = Files.readString(PAGE);
        String expected = with(with(text, "hostrules", hostRules()), "failures", failures());
        if (Boolean.getBoolean("overlayd.docs.write")) {
            Files.writeString(PAGE, expected);
        }
        assertEquals(expected, Files.readString(PAGE), "mvn -o test -Dtest=ErrorsManualTest -Doverlayd.docs.write=true writes it");
    }

    private static String with(String text, String block, String content) {
        Matcher part = Pattern.compile("(?ms)^// made " + block + "\n.*?^// made end\n").matcher(text);
        return part.replaceFirst(Matcher.quoteReplacement("// made " + block + "\n" + content + "// made end\n"));
    }

    private static String hostRules() {
        return Arrays.stream(HostRule.values()).map(rule -> "*" + rule.id() + "* (" + rule.severity().word() + ")::\n" + sentence(rule.meaning()))
                .collect(Collectors.joining("\n"));
    }

    private static String failures() {
        return Diagnosis.known().stream().map(known -> "*" + steps(known.step()) + "*, " + known.errno() + "::\n" + sentence(known.cause())
                + "Remedy: `+" + known.remedy() + "+`.\n").collect(Collectors.joining("\n"));
    }

    private static String steps(String pattern) {
        return pattern.equals(".*") ? "any step" : pattern.replace("(cable|vlan)", "cable or vlan").replace("(mount|bind|share).*", "mount, bind or share")
                .replace(" .*", " ...").replace("|", ", ");
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".\n";
    }
}
