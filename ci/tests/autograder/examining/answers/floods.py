# Floods of one kind each, run as a cell or as the body of a function: they cost their own exercise alone.

# %% memory | held in a list
import builtins
builtins.held = []
try:
    while True: builtins.held.append(b"x" * (1 << 20))
except MemoryError:
    pass

# %% pipes | memory that is the kernel's
import builtins, fcntl, os
builtins.held = []
try:
    for _ in range(110):
        reading, writing = os.pipe()
        builtins.held.append((reading, writing))
        try: fcntl.fcntl(writing, 1031, 1 << 20)
        except OSError: pass
        os.set_blocking(writing, False)
        try:
            while True: os.write(writing, b"x" * 65536)
        except OSError: pass
except OSError:
    pass

# %% sockets | memory that is the kernel's
import builtins, os, socket
builtins.held = []
try:
    for _ in range(110):
        ends = socket.socketpair()
        builtins.held.append(ends)
        for end in ends:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
            end.setblocking(False)
            try:
                while True: end.send(b"x" * 65536)
            except OSError: pass
except OSError:
    pass

# %% mmap | shared memory of all snapshots
import builtins, mmap
builtins.held = []
try:
    for _ in range(250):
        place = mmap.mmap(-1, 1 << 20)
        place[:] = b"x" * (1 << 20)
        builtins.held.append(place)
except (OSError, MemoryError):
    pass

# %% memfd | a file that is memory
import builtins, os
builtins.held = []
try:
    for _ in range(8):
        number = os.memfd_create("x")
        builtins.held.append(number)
        for _ in range(31): os.write(number, b"x" * (1 << 20))
except (OSError, MemoryError):
    pass

# %% files | the disk of the box
import os
try:
    for number in range(8):
        with open(f"file-{number}", "wb") as file:
            for _ in range(60): file.write(b"x" * (1 << 20))
except OSError:
    pass

# %% threads | by the thousand
import threading, time
try:
    for _ in range(3000): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
except (RuntimeError, MemoryError):
    pass

# %% processes | by the hundred
import os, time
try:
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(1000)
            os._exit(0)
except OSError:
    pass

# %% bomb | processes that start processes
import os
for _ in range(20):
    try: os.fork()
    except OSError: pass

# %% end | of the process, in a thread
import os, threading
ending = threading.Thread(target=os._exit, args=(0,))
ending.start()
ending.join()
