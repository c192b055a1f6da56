"""What a student's cells show: an IPython shell whose prints, displays, results and errors become a notebook's outputs.

The student's process gets this very file as text (see examining/student_process.py).
"""

from __future__ import annotations

import base64
import io
import json
from typing import Any

__all__ = ["Output", "Stream", "make_shell"]


class Output:
    """What a cell shows, in order, as nbformat's outputs; no more than `most` bytes of it in all."""

    def __init__(self, most: int) -> None:
        self.most = self.room = most
        self.outputs: list[dict[str, Any]] = []
        self.open = False

    def collect(self) -> list[dict[str, Any]]:
        """Return what came since the last time, and forget it."""
        outputs, self.outputs = self.outputs, []
        return outputs

    def stream(self, name: str, text: str) -> None:
        """Add text of stdout or stderr."""
        if not self.open or not text or self.room < 0:
            return
        cut = text[: self.room + 1]
        self.room -= len(cut.encode("utf-8", "replace"))
        if self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["text"] += cut
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": cut})
        self._end()

    def add(self, output: dict[str, Any]) -> None:
        """Add any other output."""
        size = len(json.dumps(output))
        if not self.open or self.room < 0:
            return
        self.room -= size
        if self.room >= 0:
            self.outputs.append(output)
        self._end()

    def _end(self) -> None:
        if self.room < 0:
            most = f"{self.most / 2**20:.3g} MiB"
            text = f"\n[the output ends here: a notebook may show {most} in all, pictures too, and has done so]\n"
            self.outputs.append({"output_type": "stream", "name": "stderr", "text": text})

    def bundle(
        self, kind: str, data: dict[str, Any], metadata: dict[str, Any] | None, count: int | None = None
    ) -> None:
        """Add a MIME bundle as display_data or execute_result."""
        clean = {str(mime): _mime(value) for mime, value in data.items()}
        output = {"output_type": kind, "data": clean, "metadata": json.loads(json.dumps(metadata or {}, default=str))}
        if kind == "execute_result":
            output["execution_count"] = count
        self.add(output)


def _mime(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, str) else json.loads(json.dumps(value, default=str))


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the student's process."""

    encoding = "utf-8"

    def __init__(self, name: str, output: Output) -> None:
        super().__init__()
        self._name, self._output = name, output

    def writable(self) -> bool:
        """Return True: one can print here."""
        return True

    def write(self, text: str) -> int:
        """Take text."""
        self._output.stream(self._name, str(text))
        return len(text)


def make_shell(output: Output, passed_over: type[BaseException] | tuple[()] = ()) -> Any:
    """Return an IPython shell whose displays, results and errors go to `output`.

    A statement that raises an error of the kind `passed_over`, or that imports what is not here, says so and is left;
    those after it run all the same: what a cell defines is not lost by an `import tkinter` above it.
    """
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
            output.bundle("display_data", data, metadata)

        def clear_output(self, *_: Any, **__: Any) -> None:
            output.outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            output.bundle("execute_result", format_dict, md_dict, self.prompt_count)

        def finish_displayhook(self) -> None:
            pass

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.displayhook_class = Hook
    config.InteractiveShell.display_pub_class = Publisher
    left_out = (ImportError, *(passed_over if isinstance(passed_over, tuple) else (passed_over,)))
    shell = _shell_class(output, left_out)
    return shell.instance(config=config, displayhook_class=Hook, display_pub_class=Publisher)


def _shell_class(output: Output, passed_over: tuple[type[BaseException], ...]) -> Any:
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        async def run_code(self, code_obj: Any, result: Any = None, **how: Any) -> bool:
            """Run one statement of a cell; return whether the cell ends with it."""
            failed: bool = await super().run_code(code_obj, result, **how)
            if failed and result is not None and isinstance(result.error_in_exec, passed_over):
                result.error_in_exec, failed = None, False
            return failed

        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            if isinstance(evalue, passed_over):
                output.stream("stderr", f"{evalue}\n")
                return
            facts = {"ename": etype.__name__, "evalue": str(evalue)[:2000], "traceback": [str(line) for line in stb]}
            output.add({"output_type": "error", **facts})

        def ask_exit(self) -> None:
            """Do nothing: `exit` at the end of a cell is meant for a terminal."""

        def init_io(self) -> None:
            pass

        def enable_gui(self, gui: Any = None) -> None:
            pass

        def enable_matplotlib(self, _gui: Any = None) -> Any:
            """Keep plots in the notebook, whatever `%matplotlib` asks for: there is no screen."""
            return super().enable_matplotlib("inline")

    return Shell
