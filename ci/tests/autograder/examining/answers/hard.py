# One hostile answer of each kind of end, for each means of the sandbox: none earns a point or shows what a test asked.

# %% spies
# @spy

# %% dies
import os
def f(x): os._exit(0)

# %% hangs
def f(x):
    while True: pass

# %% takes-all-memory
def f(x):
    held = []
    while True: held.append(bytes(64 << 20))

# %% forks-without-end
import os, time
def f(x):
    for _ in range(200): os.fork()
    time.sleep(60)

# %% garbage-on-the-wire
# @hand
def f(x):
    say(b'\xff' * 64)
    return 42

# %% kills-its-parent
import os
def f(x): os.kill(os.getppid(), 9)
