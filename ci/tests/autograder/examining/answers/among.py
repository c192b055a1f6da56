# What a student's main process, or a snapshot, may do to the others: each ends with no points but those that are due.
#
#   # %% NAME | ahead     where the harm is done before any test, so that all tests may lose by it

# %% kills-its-parent
import os
def f(x):
    os.kill(os.getppid(), 9)
    print('SPIED', x)
    return 0

# %% kills-all
import os
def f(x):
    os.kill(-1, 9)
    print('SPIED', x)
    return 0

# %% stops-its-parent
import os
def f(x):
    os.kill(os.getppid(), 19)
    print('SPIED', x)
    return 0

# %% parent-serves-the-test-itself | ahead
import os
import socket
from autograder.inside import snapshots, wire
def make(self, test, grader, serve):
    _, fds, _, _ = socket.recv_fds(grader.sock, 1, 1)
    server = serve.__self__
    grader.send({'seq': server.seq, 'made': True})
    server.wire = wire.Wire(socket.socket(fileno=fds[0]))
    return True
snapshots.Snapshots.make = make
def f(x):
    pass
    print('SPIED', x)
    return 0

# %% parent-keeps-the-socket | ahead
import os
import socket
kept = []
recv = socket.recv_fds
def twice(*args):
    found = recv(*args)
    kept.append(os.dup(found[1][0]))
    return found
socket.recv_fds = twice
def f(x):
    pass
    print('SPIED', x)
    return 0

# %% parent-refuses | ahead
import os
from autograder.inside import snapshots
snapshots.Snapshots.make = lambda *args: False
def f(x):
    pass
    print('SPIED', x)
    return 0

# %% parent-says-all-is-dead | ahead
import os
from autograder.inside import snapshots
snapshots.Snapshots.lives = lambda self, test: False
def f(x):
    pass
    print('SPIED', x)
    return 0

# %% leaves-children
import os
def f(x):
    for _ in range(3):
        if os.fork() == 0:
            import time; time.sleep(60)
    print('SPIED', x)
    return 0
