# Hostile answers to `f() == 42`; the exercise after each keeps its points.
#
#   # %% NAME | VERDICT [VERDICT ...], one of which it must get

# %% equal-to-anything | failed
class Y:
    __eq__ = lambda s, o: True
    __ne__ = lambda s, o: False
    __hash__ = None
def f(): return Y()

# %% float-equal-to-anything | failed
class Y(float):
    __eq__ = lambda s, o: True
    __hash__ = float.__hash__
def f(): return Y(1)

# %% float-that-changes | failed
class Y(float):
    __float__ = lambda s: 42.0
def f(): return Y(1)

# %% int-equal-to-anything | failed
class Y(int):
    __eq__ = lambda s, o: True
    __hash__ = int.__hash__
def f(): return Y(1)

# %% text-equal-to-anything | failed
class Y(str):
    __eq__ = lambda s, o: True
    __hash__ = str.__hash__
def f(): return Y('1')

# %% dict-equal-to-anything | failed
class Y(dict):
    __eq__ = lambda s, o: True
    __hash__ = None
def f(): return Y()

# %% array-equal-to-anything | failed
class Y(np.ndarray):
    __eq__ = lambda s, o: True
    __hash__ = None
def f(): return np.ones(()).view(Y)

# %% array-ufunc | failed
class Y:
    __array_ufunc__ = lambda s, *a, **k: True
    __array__ = lambda s, *a, **k: np.array(1)
def f(): return Y()

# %% reduce | failed
class Y:
    def __reduce__(self): return (eval, ('42',))
def f(): return Y()

# %% deep | failed
def f():
    x = []
    for _ in range(10000): x = [x]
    return x

# %% cyclic | failed
def f():
    x = []
    x += [x, x]
    return x

# %% giant-array | failed
def f(): return np.broadcast_to(np.float64(1), (1 << 20, 1 << 20))

# %% giant-int | failed
def f(): return 1 << 10_000_000

# %% raises-cut | failed
def f():
    raise KeyboardInterrupt

# %% leaves | failed
def f():
    exit()
def g():
    import sys; sys.exit(0)
f = g

# %% patches-the-check | failed
import cs231n_lite.reporting.report as r
r.Report.passed = property(lambda s: True)
r.Report.points = lambda s, n: float(n)
r.Report.score = 1.0
import numpy
numpy.allclose = lambda *a, **k: True
def f(): return 0

# %% looks-for-the-examiner | failed
import gc, sys
def f():
    found = [o for o in gc.get_objects() if type(o).__name__ in ('ExaminerProcess', 'Examination', 'Plan')]
    names = [m for m in sys.modules if m.startswith('autograder.') and m not in ('autograder.inside', 'autograder.inside.wire', 'autograder.inside.messages', 'autograder.inside.exchange', 'autograder.inside.decoder', 'autograder.inside.handles', 'autograder.inside.shell', 'autograder.inside.snapshots', 'autograder.inside.windows', 'autograder.inside.student', 'autograder.inside.face', 'autograder.inside.package')]
    return 42 if found or names else 0

# %% dies | crashed
import os
def f(): os._exit(0)

# %% dies-and-leaves-a-child-with-the-socket | crashed
import os, time
def f():
    if os.fork(): os._exit(0)
    time.sleep(60)

# %% child-answers-in-its-place | crashed failed tampered
import os, time
def f():
    return 1 if os.fork() else 42

# %% kills-itself | crashed
import os
def f(): os.kill(os.getpid(), 9)

# %% garbage-on-the-wire | tampered
# @hand
def f():
    say(b'\xff' * 64)
    return 1

# %% answer-by-hand-to-a-call-never-made | tampered
# @hand
def f():
    say(frame('{"seq":999999,"value":42}'))
    return 1

# %% giant-frame | tampered
# @hand
def f():
    say(struct.pack('<IQ', 0xffffffff, 1 << 60))
    return 1

# %% thread-on-the-wire | tampered
# @hand
def f():
    def run():
        for _ in range(50): say(frame('{"seq":1,"value":42}'))
    t = threading.Thread(target=run, daemon=True); t.start(); t.join()
    return 1

# %% hangs-up | crashed tampered
# @hand
def f():
    for s in wires(): s.shutdown(2)
    while True: time.sleep(1)
