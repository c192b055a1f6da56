"""Answers that call a function of the test's from a thread. WORDS: the verdicts that each may earn.

A test hands `f` a function of its own, `ask`, and `f(ask)` should be ask(1) + ask(2), which is 5. Where the test's function
calls back, `f.inner` is what it calls.
"""

# %% pool-that-is-waited-for | passed
from concurrent.futures import ThreadPoolExecutor
def f(ask):
    with ThreadPoolExecutor(2) as pool: return sum(pool.map(ask, [1, 2]))

# %% goes-on-after-the-answer | tampered failed crashed passed
import threading
def f(ask):
    def run():
        while True: ask(1)
    threading.Thread(target=run).start()
    return 5

# %% goes-on-as-a-daemon | tampered failed crashed passed
import threading
def f(ask):
    def run():
        while True: ask(1)
    for _ in range(8): threading.Thread(target=run, daemon=True).start()
    return ask(1) + ask(2)

# %% begins-after-the-answer | tampered failed crashed passed
import threading
def f(ask):
    def run():
        for _ in range(200):
            try: ask(1)
            except BaseException: pass
    threading.Timer(0.05, run).start()
    return ask(1) + ask(2)

# %% waits-for-a-thread-within-a-call | timed-out failed tampered crashed
import threading
def f(ask):
    def run():
        inner = threading.Thread(target=ask, args=(1,))
        inner.start(); inner.join()
    def again(x):
        run()
        return x
    outer = threading.Thread(target=lambda: ask(again))
    outer.start(); outer.join()
    return 0

# %% catches-all-and-stays | tampered failed crashed passed
import threading, time
def f(ask):
    def run():
        while True:
            try: ask(1)
            except BaseException: time.sleep(0.01)
    for _ in range(4): threading.Thread(target=run).start()
    time.sleep(0.2)
    return 5

# %% array-that-asks-when-it-is-read | tampered failed crashed timed-out
import threading
import numpy as np
class Asking(np.ndarray):
    def __array_finalize__(self, other):
        def run():
            while ask_later: ask_later[0](1)
        threading.Thread(target=run, daemon=True).start()
ask_later = []
def f(ask):
    ask_later.append(ask)
    return np.zeros(3).view(Asking)

# %% forks-in-a-thread-and-asks-there | tampered failed crashed timed-out passed
import os, threading
def f(ask):
    def run():
        if os.fork() == 0:
            while True: ask(1)
        ask(2)
    t = threading.Thread(target=run); t.start(); t.join()
    return 5

# %% thread-holds-the-talk-for-ever | timed-out failed tampered crashed passed
import threading, time
def f(ask):
    class Slow:
        def __len__(self):
            time.sleep(1000)
    threading.Thread(target=ask, args=(Slow(),)).start()
    time.sleep(0.1)
    return ask(1) + ask(2)

# %% deaf-to-its-end | tampered failed crashed timed-out passed
import atexit, signal, threading, time
def f(ask):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    atexit.register(time.sleep, 1000)
    def run():
        while True:
            try: ask(1)
            except BaseException: pass
    for _ in range(30): threading.Thread(target=run).start()
    return 5
