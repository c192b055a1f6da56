// Runs a Python file in Pyodide, in Node: node run.mjs PYODIDE REPOSITORY FOLDER FILE [WORD …].
// The file sees the repository as /course and the folder as /work; packages are those beside Pyodide, none is fetched.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, repository, folder, file, ...words] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: pyodide,
  packageBaseUrl: pyodide,
  packages: ["numpy", "matplotlib", "ipython"],
  env: { HOME: "/home/pyodide", MPLBACKEND: "module://matplotlib_inline.backend_inline" },
  stdout: () => {}, // which packages are loaded
});
for (const [place, root] of [["/course", repository], ["/work", folder]]) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
python.FS.chdir("/work");
python.setStdout({ batched: (line) => process.stdout.write(line + "\n") });
const sys = python.pyimport("sys");
sys.argv = python.toPy([file, ...words]);
sys.path.insert(0, "/course");
await python.runPythonAsync(readFileSync(file, "utf8"), { filename: file });
