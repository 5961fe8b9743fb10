package overlayd.plan;

import java.util.List;

/** A plan for a reader: every step with its operands, where it is done, and what takes it back. */
public final class PlanText {
    private PlanText() {
    }

    /** The plan, one numbered step a line, its undo on the next; ends in a newline. */
    public static String of(BootPlan plan) {
        StringBuilder text = new StringBuilder("plan to boot " + plan.name() + " from " + Quoted.path(plan.file()) + "\n");
        int number = section(text, "on the host:", plan.onHost(), 1);
        number = section(text, "in the subhost's mount namespace (gone with it, nothing to undo):", plan.inNamespaces(), number);
        section(text, "in the subhost:", List.of(plan.init(), plan.ready()), number);
        return text.toString();
    }

    private static int section(StringBuilder text, String title, List<? extends Step> steps, int first) {
        text.append(title).append('\n');
        int number = first;
        for (Step step : steps) {
            text.append("%4d  %s: %s\n".formatted(number++, step.name(), step.operands()));
            step.undo().ifPresent(undo -> text.append("      undo: %s %s\n".formatted(undo.name(), undo.operands())));
        }
        return number;
    }
}
