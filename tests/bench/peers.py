"""What is measured: us, the peers found on this machine, and the floor. Each does the same work: a fresh overlay over one minimal root, new
mount, pid, net, uts and ipc namespaces, a cable to the bridge (where it says so), /proc, /sys, /dev, /run, and mark.c as what runs in it."""
import json, os, shutil, subprocess, time

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.environ.get('OVERLAYD_TREE', os.path.join(HERE, '..', '..', 'target', 'overlayd'))


def commands():
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', errors='replace') as file:
                yield int(pid), file.read().rstrip('\0').split('\0')
        except OSError:
            pass


def with_supervisor(init, name):
    """pid 1 and its parent, if that one is there for it alone."""
    with open(f'/proc/{init}/stat') as file:
        parent = int(file.read().rsplit(')', 1)[1].split()[1])
    with open(f'/proc/{parent}/comm') as comm, open(f'/proc/{parent}/cmdline', errors='replace') as line:
        return [init, parent] if comm.read().strip() == name or name in line.read() else [init]


class World:
    """Directories, programs and the bridge that all share."""
    def __init__(self, base, lower):
        self.base, self.lower, self.bridge = base, lower, f'ovb{os.getpid() % 100000}'
        self.mark, self.tools, self.socket = f'{base}/mark', f'{base}/tools', f'{base}/mark/mark.sock'

    def directories(self, name):
        directory = f'{self.base}/subhosts/{name}'
        shutil.rmtree(directory, ignore_errors=True)
        for part in ('upper', 'root', 'work', 'live'):
            os.makedirs(f'{directory}/{part}')
        return directory


class Peer:
    """A way to boot. start, enter and stop give the words of a command; `marks` is as watch.c takes it."""
    title = program = ''
    cable = True
    marks = 'no'

    def __init__(self, world):
        self.world = world

    def found(self):
        return shutil.which(self.program) is not None

    def open(self): pass
    def close(self): pass
    def prepare(self, name): self.world.directories(name)
    def enter(self, name): return None
    def environment(self): return dict(os.environ)

    def processes(self, name):
        """Those that end with the container: pid 1, and what supervises it."""
        init = next((pid for pid, words in commands() if words[-2:] == ['/bench/mark', name]), None)
        return with_supervisor(init, name) if init else []

    def at(self, name):
        return f'{self.world.base}/subhosts/{name}'

    def overlay(self, name):
        """Shell words that mount the overlay as a script before OCI runtimes would."""
        at = self.at(name)
        return f'mount -t overlay -o lowerdir={self.world.lower},upperdir={at}/upper,workdir={at}/work overlay {at}/live'


class Floor(Peer):
    title, program = 'floor', 'cc'

    def start(self, name):
        return [f'{self.world.tools}/floor', 'start', self.at(name), name, self.world.lower, self.world.bridge]

    def enter(self, name): return [f'{self.world.tools}/floor', 'enter', self.at(name), '/bin/true']
    def stop(self, name): return [f'{self.world.tools}/floor', 'stop', self.at(name)]

    def processes(self, name):
        with open(f'{self.at(name)}/pid') as file:
            return [int(file.read())]


class Overlayd(Peer):
    """START=none: ready is the reaper, as for the peers their pid 1."""
    title, keys = 'overlayd', ''

    def found(self): return os.access(f'{TREE}/sbin/overlayd', os.X_OK)
    def program_of(self, verb): return os.path.join(TREE, 'bin', f'overlay-{verb}')
    def environment(self): return dict(os.environ, OVERLAYD_RUNTIME_DIR=self.runtime, OVERLAYD_STATE_DIR=self.state)

    def open(self):
        slug = self.title.replace(' ', '-').replace('=', '-')
        # /run is a tmpfs on every Debian host, which it need not be on a test machine.
        self.runtime, self.state = f'{self.world.base}/run-{slug}', f'{self.world.base}/state-{slug}'
        archive = subprocess.run([f'{TREE}/sbin/overlayd', '--archive-path'], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        # As installed; one of an older build is not used.
        if not os.path.exists(archive) or os.path.getmtime(archive) < os.path.getmtime(f'{TREE}/lib/overlayd.jar'):
            subprocess.run([f'{TREE}/libexec/make-archive', TREE], stderr=subprocess.DEVNULL, check=False)
        os.makedirs(self.runtime, mode=0o700)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=700', 'tmpfs', self.runtime], check=True)
        self.daemon = subprocess.Popen([f'{TREE}/sbin/overlayd'], env=self.environment(), cwd='/', stdin=subprocess.DEVNULL,
                                       stdout=open(f'{self.world.base}/{slug}.log', 'w'), stderr=subprocess.STDOUT, start_new_session=True)
        while not os.path.exists(f'{self.runtime}/overlayd.sock'):
            if self.daemon.poll() is not None:
                raise SystemExit(f'overlayd did not start: {open(f"{self.world.base}/{slug}.log").read()}')
            time.sleep(0.01)

    def close(self):
        # Subhosts outlive their daemon: what a broken-off run has left would stay.
        subprocess.run([self.program_of('stop'), '--all', '--force'], env=self.environment(), stderr=subprocess.DEVNULL, check=False)
        self.daemon.terminate()
        self.daemon.wait(30)
        subprocess.run(['umount', '-l', self.runtime], check=False)

    def prepare(self, name):
        super().prepare(name)
        with open(f'{self.at(name)}.conf', 'w') as file:
            file.write(f'NAME={name}\nBASE={name}\nLOWER={self.world.lower}\nSTART=none\nLOG={self.at(name)}/log\n{self.keys}'
                       + (f'CABLES={self.world.bridge}=\n' if self.cable else ''))

    def start(self, name): return [self.program_of('boot'), '-q', f'{self.at(name)}.conf']
    def enter(self, name): return [self.program_of('go'), name, '--', '/bin/true']
    def stop(self, name): return [self.program_of('stop'), name]

    def processes(self, name):
        listed = json.loads(subprocess.run([self.program_of('list'), '--json'], env=self.environment(), stdout=subprocess.PIPE, check=True).stdout)
        return with_supervisor(next(row['initPid'] for row in listed if row['name'] == name), name)


class Compat(Overlayd):
    title, keys = 'overlayd PROFILE=compat', 'PROFILE=compat\n'


class OverlayBoot(Peer):
    """The shell scripts of Debian's package, as the tests fetch it; or those in OVERLAY_BOOT."""
    title, marks = 'overlay-boot 1.6.4', 'yes'
    scripts = os.environ.get('OVERLAY_BOOT', '')

    def found(self):
        if not self.scripts:
            package = subprocess.run([f'{HERE}/../lib/upstream'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
            if package and not subprocess.run(['dpkg-deb', '-x', package, f'{self.world.base}/upstream'], check=False).returncode:
                self.scripts = f'{self.world.base}/upstream/var/lib/overlay-boot'
        return os.access(f'{self.scripts}/overlay-boot', os.X_OK) and shutil.which('brctl') is not None

    def open(self):
        # By links: overlay-stop looks for processes of "overlay-boot.*NAME.conf" and must not find itself by its own path.
        self.links = f'{self.world.base}/scripts'
        os.makedirs(self.links)
        for verb in ('boot', 'go', 'stop'):
            os.symlink(f'{self.scripts}/overlay-{verb}', f'{self.links}/overlay-{verb}')

    def close(self):
        if os.path.exists('/dev/nukk'):
            os.unlink('/dev/nukk') # a slip of the pen in its overlay-stop

    def prepare(self, name):
        super().prepare(name)
        os.symlink('/bench/mark', f'{self.at(name)}/root/b.{name}')
        with open(f'{self.at(name)}/{name}.conf', 'w') as file:
            file.write(f'NAME={name}\nBASE={self.at(name)}\nLOWER={self.world.lower}\nSTART=/b.{name}\nLOG={self.at(name)}/log\n'
                       f'SHARE={self.world.mark}:/bench\nCABLES={self.world.bridge}=\n')

    def start(self, name): return [f'{self.links}/overlay-boot', f'{self.at(name)}/{name}.conf']
    def stop(self, name): return [f'{self.links}/overlay-stop', f'{self.at(name)}/{name}.conf']


class Lxc(Peer):
    title, program, marks = 'lxc', 'lxc-start', 'yes'

    def prepare(self, name):
        super().prepare(name)
        with open(f'{self.at(name)}/config', 'w') as file:
            file.write(f'lxc.uts.name = {name}\nlxc.rootfs.path = overlay:{self.world.lower}:{self.at(name)}/upper\n'
                       f'lxc.net.0.type = veth\nlxc.net.0.link = {self.world.bridge}\nlxc.net.0.flags = up\nlxc.net.0.name = eth0\n'
                       'lxc.mount.auto = proc:mixed sys:ro\nlxc.autodev = 1\nlxc.tty.max = 0\nlxc.mount.entry = tmpfs run tmpfs mode=755,size=50m 0 0\n'
                       f'lxc.mount.entry = {self.world.mark} bench none bind 0 0\nlxc.init.cmd = /bench/mark {name}\nlxc.apparmor.profile = unconfined\n')

    def words(self, command, name): return [command, '-P', f'{self.world.base}/subhosts', '-n', name]
    def start(self, name): return self.words('lxc-start', name) + ['-d']
    def enter(self, name): return self.words('lxc-attach', name) + ['--clear-env', '--', '/bin/true']
    def stop(self, name): return self.words('lxc-stop', name) + ['-k']


class Apart(Peer):
    """A peer that refuses a hybrid of cgroup v1 and v2: it runs in a mount namespace of its own, where the v2 part is not seen."""
    def open(self):
        self.place = subprocess.Popen(['unshare', '-m', '--propagation', 'slave', 'sh', '-c', 'umount /sys/fs/cgroup/unified 2>/dev/null; '
                                       'mount --make-rprivate /sys; echo; exec sleep infinity'], stdout=subprocess.PIPE)
        self.place.stdout.readline()

    def close(self):
        self.place.kill()
        self.place.wait()

    def there(self, *words):
        return ['nsenter', '-t', str(self.place.pid), '-m', *words]


class Crun(Apart):
    """An OCI runtime does neither overlay nor cable; a script does, as its users' scripts do."""
    title, program, marks = 'crun + script', 'crun', 'yes'

    def open(self):
        super().open()
        self.command = f'{self.program} --root {self.world.base}/{self.program}'

    def prepare(self, name):
        super().prepare(name)
        spec = json.loads(subprocess.run([self.program, 'spec'], cwd=self.at(name), check=True) and open(f'{self.at(name)}/config.json').read())
        spec['process'].update(terminal=False, args=['/bench/mark', name])
        spec['root'] = {'path': f'{self.at(name)}/live', 'readonly': False}
        spec['hostname'] = name
        spec['mounts'].append({'destination': '/bench', 'type': 'none', 'source': self.world.mark, 'options': ['bind', 'rw']})
        for namespace in spec['linux']['namespaces']:
            if namespace['type'] == 'network':
                namespace['path'] = f'/run/netns/{name}'
        with open(f'{self.at(name)}/config.json', 'w') as file:
            json.dump(spec, file)

    def start(self, name):
        return self.there('sh', '-ec', f'{self.overlay(name)}; ip netns add {name}; ip -n {name} link set lo up; ip link add {name}0 master '
                          f'{self.world.bridge} up type veth peer name eth0 netns {name}; exec {self.command} run -d -b {self.at(name)} {name}')

    def enter(self, name): return self.there(*self.command.split(), 'exec', name, '/bin/true')
    def stop(self, name): return self.there('sh', '-c', f'{self.command} delete -f {name}; ip netns del {name}; umount {self.at(name)}/live')


class Runc(Crun):
    title, program = 'runc + script', 'runc'


class Podman(Apart):
    title, program, marks = 'podman', 'podman', 'yes'

    def open(self):
        super().open()
        base = f'{self.world.base}/podman'
        with open('/proc/sys/net/ipv4/ip_forward') as file:
            self.forward = file.read() # podman turns it on
        self.command = ['podman', '--cgroup-manager', 'cgroupfs', '--root', f'{base}/root', '--runroot', f'{base}/run', '--tmpdir', f'{base}/tmp',
                        '--events-backend', 'none', '--network-backend', 'netavark', '--network-config-dir', f'{base}/net']

    def run(self, name, options, root, words):
        return self.there(*self.command, 'run', '-d', '--name', name, '--cgroups=disabled', '--log-driver=none', '--ulimit', 'nofile=1024:1024',
                          '--ulimit', 'nproc=4096:4096', *options, '--rootfs', f'{root}:O', *words)

    def start(self, name): return self.run(name, ['-v', f'{self.world.mark}:/bench'], self.world.lower, ['/bench/mark', name])

    def enter(self, name): return self.there(*self.command, 'exec', name, '/bin/true')
    def stop(self, name): return self.there(*self.command, 'rm', '-f', '-t', '0', name)

    def close(self):
        subprocess.run(self.there(*self.command, 'rm', '-fa', '-t', '0'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        subprocess.run(['ip', 'link', 'del', 'podman0'], stderr=subprocess.DEVNULL, check=False)
        with open('/proc/sys/net/ipv4/ip_forward', 'w') as file:
            file.write(self.forward)
        super().close()


class Nspawn(Peer):
    title, program, marks = 'systemd-nspawn', 'systemd-nspawn', 'stays'

    def start(self, name):
        return ['sh', '-ec', f'{self.overlay(name)}; exec systemd-nspawn -q --register=no --keep-unit -M {name} -D {self.at(name)}/live '
                f'--network-bridge={self.world.bridge} --bind={self.world.mark}:/bench --console=pipe --resolv-conf=off --timezone=off '
                f'--link-journal=no /bench/mark {name}']

    def stop(self, name):
        return ['sh', '-c', f'pkill -KILL -xf "/bench/mark {name}"; while pgrep -f "[s]ystemd-nspawn .* -M {name} " >/dev/null; do sleep 0.002; '
                f'done; umount {self.at(name)}/live']


    def close(self):
        # Where /run is no tmpfs, nspawn does not dare to remove this.
        shutil.rmtree('/run/systemd/nspawn', ignore_errors=True)


class Bwrap(Peer):
    title, program, marks, cable = 'bwrap (no cable)', 'bwrap', 'stays', False

    def start(self, name):
        return ['sh', '-ec', f'{self.overlay(name)}; exec bwrap --bind {self.at(name)}/live / --unshare-pid --unshare-net --unshare-uts '
                f'--unshare-ipc --hostname {name} --proc /proc --dev /dev --tmpfs /run --ro-bind /sys /sys --bind {self.world.mark} /bench '
                f'--as-pid-1 /bench/mark {name}']

    def stop(self, name):
        return ['sh', '-c', f'pkill -KILL -xf "/bench/mark {name}"; while pgrep -f "[b]wrap .* {name}$" >/dev/null; do sleep 0.002; done; '
                f'umount {self.at(name)}/live']


ALL = (Floor, Overlayd, Compat, OverlayBoot, Lxc, Crun, Runc, Podman, Nspawn, Bwrap)
