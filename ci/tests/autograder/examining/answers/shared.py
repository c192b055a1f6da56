# What several of these answers begin with, as `# @NAME`, or a test takes as it is.

# %% hand
import os, socket, struct, threading, time
def wires():
    for n in range(3, 64):
        try:
            s = socket.socket(fileno=os.dup(n))
        except OSError:
            continue
        yield s
def say(data):
    for s in wires():
        try:
            s.sendall(data)
        except OSError:
            pass
def frame(text, block=b""):
    return struct.pack("<IQ", len(text), len(block)) + text.encode() + block

# %% spy
seen = []
def f(*args):
    seen.append(args)
    print("SPIED", args)
    spied = len(seen)
    with open("/tmp/spied", "a") as kept, open("spied", "a") as near:
        kept.write("SPIED"), near.write(f"SPIED {args}")
    return spied

# %% look
from pathlib import Path
print("SPIED" if seen or Path("/tmp/spied").exists() or Path("spied").exists() else "nothing", *seen)

# %% many
import os, time
started = []
try:
    for _ in range(99):
        started.append(os.fork())
        if started[-1] == 0:
            time.sleep(60)
except OSError:
    for process in started:
        os.kill(process, 9), os.waitpid(process, 0)
