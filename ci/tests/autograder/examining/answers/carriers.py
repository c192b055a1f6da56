# By what a word could pass from one test to another: f(1) leaves it, f of anything else returns it, or "no".

# %% file
import os
def f(x):
    if x == 1:
        open('word', 'w').write('yes')
    return open('word').read() if os.path.exists('word') else 'no'

# %% file-elsewhere
import os, tempfile
place = os.path.join(tempfile.gettempdir(), 'word')
def f(x):
    if x == 1:
        open(place, 'w').write('yes')
    return open(place).read() if os.path.exists(place) else 'no'

# %% file-of-the-same-length
open('word', 'w').write('no!')
def f(x):
    if x == 1:
        open('word', 'r+').write('yes')
    return open('word').read()

# %% attribute-of-a-file
import os
open('word', 'w').close()
def f(x):
    if x == 1:
        os.chmod('word', 0o640)
    return 'yes' if os.stat('word').st_mode & 0o777 == 0o640 else 'no'

# %% anonymous-memory
import mmap
place = mmap.mmap(-1, 4096)
def f(x):
    if x == 1:
        place[:3] = b'yes'
    return 'yes' if place[:3] == b'yes' else 'no'

# %% shared-memory
import mmap
from multiprocessing import shared_memory
try:
    memory = shared_memory.SharedMemory(create=True, size=10)
    place = memory.buf
except OSError:
    place = mmap.mmap(-1, 4096)
def f(x):
    if x == 1:
        place[:3] = b'yes'
    return 'yes' if bytes(place[:3]) == b'yes' else 'no'

# %% mapped-file
import mmap
with open('word', 'w+b') as file:
    file.write(bytes(4096))
    file.flush()
    place = mmap.mmap(file.fileno(), 0)
place[:]
def f(x):
    if x == 1:
        place[:3] = b'yes'
    return 'yes' if place[:3] == b'yes' else 'no'

# %% file-in-memory
import os
place = os.memfd_create('word')
def f(x):
    if x == 1:
        os.pwrite(place, b'yes', 0)
    return os.pread(place, 3, 0).decode() or 'no'

# %% pipe
import os
end, other = os.pipe()
os.set_blocking(end, False)
def f(x):
    if x == 1:
        os.write(other, b'yes' * 5)
    try:
        return os.read(end, 3).decode()
    except OSError:
        return 'no'

# %% pair-of-sockets
import socket
end, other = socket.socketpair()
end.setblocking(False)
def f(x):
    if x == 1:
        other.send(b'yes' * 5)
    try:
        return end.recv(3).decode()
    except OSError:
        return 'no'

# %% counter-of-events
import os
count = os.eventfd(0, os.EFD_NONBLOCK) if hasattr(os, 'eventfd') else os.pipe()[1]
def f(x):
    if x == 1:
        os.eventfd_write(count, 9)
    try:
        os.eventfd_read(count), os.eventfd_write(count, 9)
        return 'yes'
    except OSError:
        return 'no'

# %% place-in-an-open-file
import os
with open('word', 'w') as file:
    file.write('no!yes')
file = os.open('word', os.O_RDONLY)
def f(x):
    if x == 1:
        os.lseek(file, 3, os.SEEK_SET)
    return 'yes' if os.lseek(file, 0, os.SEEK_CUR) == 3 else 'no'

# %% flag-of-the-output
import os
def f(x):
    if x == 1:
        os.set_blocking(1, False)
    return 'no' if os.get_blocking(1) else 'yes'

# %% process-that-stays
import os, time
def f(x):
    if x == 1 and os.fork() == 0:
        os.closerange(3, 200)
        for _ in range(300):
            with open('word', 'w') as file:
                file.write('yes')
            time.sleep(0.01)
            os.remove('word')
        os._exit(0)
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        if os.path.exists('word'):
            return 'yes'
    return 'no'

# %% signal-to-the-others
import os, signal
count = []
signal.signal(signal.SIGUSR1, lambda *_: count.append(1))
def f(x):
    if x == 1:
        for process in range(2, 40):
            try:
                os.kill(process, signal.SIGUSR1)
            except OSError:
                pass
    return 'yes' if count else 'no'

# %% interrupt-to-the-others
import os, signal
count = []
signal.signal(signal.SIGINT, lambda *_: count.append(1))
def f(x):
    if x == 1:
        for process in range(2, 40):
            try:
                os.kill(process, signal.SIGINT)
            except OSError:
                pass
    return 'yes' if count else 'no'

# %% manners-of-the-parent
import os
def f(x):
    if x == 1:
        try:
            os.setpriority(os.PRIO_PROCESS, os.getppid(), 7)
        except OSError:
            pass
    return 'yes' if os.getpriority(os.PRIO_PROCESS, os.getppid()) == 7 else 'no'
