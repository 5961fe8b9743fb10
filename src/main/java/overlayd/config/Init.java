package overlayd.config;

import java.util.List;

/** What pid 1 of the subhost runs. */
public sealed interface Init {
    <R> R match(Cases<R> cases);

    /** One case each. */
    interface Cases<R> {
        R builtIn(BuiltIn init);

        R script(ScriptFrom init);

        R full(FullInit init);
    }

    /** The seed's boot section, ending in the reaper. */
    record BuiltIn() implements Init {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.builtIn(this);
        }
    }

    /**
     * A command on the host whose standard output is the init script for /bin/sh.
     *
     * @param command run with CONFIG in its environment
     */
    record ScriptFrom(HookCommand command) implements Init {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.script(this);
        }
    }

    /**
     * An init system of the subhost's own root: START and REAPER have no effect.
     *
     * @param argv the program's path in the subhost and its arguments
     */
    record FullInit(List<String> argv) implements Init {
        public FullInit {
            argv = List.copyOf(argv);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.full(this);
        }
    }
}
