# Answers that never come to an end: each is timed out, and the next exercise graded.
#
#   # %% NAME | the call in the test

# %% endless-loop | [f() for _ in range(5)]
def f():
    while True: pass

# %% endless-loop-that-swallows-interrupts | [f() for _ in range(5)]
def f():
    while True:
        try:
            while True: pass
        except BaseException: pass

# %% time-bomb | [f() for _ in range(5)]
import time
calls = []
def f():
    calls.append(1)
    if len(calls) > 2: time.sleep(1000)
    return 42

# %% endless-call-backs | f(lambda x: x)
def f(g=None):
    while True: g and g(1)
