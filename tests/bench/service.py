"""What users feel: from the command to a service's first answer, beside the same service started on this host; and the memory of many of them.

The subhost's command returns when its services have started, as `service nginx start` does on the host; then one connection is made and one
answer read. Both use one Debian root: the host's service runs in an overlay of it with the host's network.
"""
import os, signal, socket, statistics, subprocess, time

ROOTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib', 'roots')
SERVICES = {'nginx': (80, b'GET / HTTP/1.0\r\n\r\n', b' 200 '), 'ssh': (22, b'', b'SSH-2.0')}


def root(name):
    made = subprocess.run([ROOTS, name, 'host'], stdout=subprocess.PIPE, text=True)
    return made.stdout.strip() if made.returncode == 0 else None


def connect(address, port):
    """sshd goes into the background before it listens."""
    until = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection((address, port), 10)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.0005)


def answer(address, service):
    port, request, wanted = SERVICES[service]
    with connect(address, port) as connection:
        connection.sendall(request)
        text = connection.recv(256)
    if wanted not in text:
        raise SystemExit(f'{service} said {text!r}')


class Bare:
    """The service as the host would have it: an overlay of the root, entered by chroot, in the host's network."""
    def __init__(self, world, lower, service):
        self.service, self.live = service, f'{world.base}/bare-{service}/live'
        for part in ('upper', 'work', 'live'):
            os.makedirs(f'{world.base}/bare-{service}/{part}')
        at = f'{world.base}/bare-{service}'
        for words in (['-t', 'overlay', '-o', f'lowerdir={lower},upperdir={at}/upper,workdir={at}/work', 'overlay', self.live],
                      ['-t', 'proc', 'proc', f'{self.live}/proc'], ['-t', 'tmpfs', 'tmpfs', f'{self.live}/run'], ['--rbind', '/dev', f'{self.live}/dev']):
            subprocess.run(['mount', *words], check=True)

    def start(self):
        begun = time.perf_counter()
        subprocess.run(['chroot', self.live, 'service', self.service, 'start'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        answer('127.0.0.1', self.service)
        return (time.perf_counter() - begun) * 1000

    def stop(self):
        subprocess.run(['chroot', self.live, 'service', self.service, 'stop'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        for pid in filter(str.isdigit, os.listdir('/proc')): # one that had not written its pid yet is not known to its script
            try:
                if os.readlink(f'/proc/{pid}/root') == self.live:
                    os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass


    def close(self):
        """Before its directory is removed: /dev is bound there."""
        subprocess.run(['umount', '-R', '-l', self.live], check=True)


class Inside:
    def __init__(self, world, ours, lower, service, number):
        self.ours, self.service, self.name = ours, service, f'ovw{number}'
        self.address = f'10.213.{number // 250}.{number % 250 + 2}'
        world.directories(self.name)
        with open(f'{ours.at(self.name)}.conf', 'w') as file:
            file.write(f'NAME={self.name}\nBASE={self.name}\nLOWER={lower}\nSTART={service}\nLOG={ours.at(self.name)}/log\n'
                       f'CABLES={world.bridge}=\nADDRESS={self.address}/16\n')

    def words(self): return [self.ours.program_of('boot'), '-q', f'{self.ours.at(self.name)}.conf']

    def start(self):
        begun = time.perf_counter()
        subprocess.run(self.words(), env=self.ours.environment(), check=True)
        answer(self.address, self.service)
        return (time.perf_counter() - begun) * 1000

    def stop(self):
        subprocess.run([self.ours.program_of('stop'), self.name], env=self.ours.environment(), check=False)


def first_answers(world, ours, rounds):
    lower = root('svc')
    if lower is None:
        return {}
    subprocess.run(['ip', 'address', 'add', '10.213.255.1/16', 'dev', world.bridge], check=True)
    figures = {}
    for number, service in enumerate(SERVICES):
        ways = {'on the host': Bare(world, lower, service), 'as a subhost': Inside(world, ours, lower, service, number)}
        times = {way: [] for way in ways}
        for turn in range(-1, rounds):
            for way, it in ways.items():
                taken = it.start()
                it.stop()
                if turn >= 0:
                    times[way].append(taken)
        ways['on the host'].close()
        figures[service] = {way: statistics.median(values) for way, values in times.items()}
        print(f'{service}, command to first answer, ms: ' + ', '.join(f'{way} {value:.1f}' for way, value in figures[service].items()))
    return figures


def started(measures, watch, jobs):
    """What the processes that jobs start take (PSS), and what more the kernel has, kB each."""
    before, kernel = set(measures.processes()), measures.kernel()
    watch(jobs)
    return {'processes': sum(measures.pss(pid) for pid in set(measures.processes()) - before) / len(jobs), 'kernel': (measures.kernel() - kernel) / len(jobs)}


def many(world, ours, podman, count, watch, measures):
    """Memory of so many nginx on one root, as subhosts and as containers of podman; supervisors included, the daemon's own growth not."""
    lower = root('svc')
    if lower is None:
        return {}
    inside = [Inside(world, ours, lower, 'nginx', 1000 + number) for number in range(count)]
    figures = {'overlayd': started(measures, lambda jobs: watch(ours, jobs), [(it.name, 'no', it.words()) for it in inside])}
    for it in inside:
        it.stop()
    if podman:
        names = [f'ovp{number}' for number in range(count)]
        figures['podman'] = started(measures, lambda jobs: watch(podman, jobs),
                                    [(name, 'no', podman.run(name, [], lower, ['nginx', '-g', 'daemon off;'])) for name in names])
        watch(podman, [(name, 'no', podman.stop(name)) for name in names])
    for title, row in figures.items():
        print(f'{count} nginx, {title}, kB each: ' + ', '.join(f'{what} {value:.0f}' for what, value in row.items()))
    return figures
