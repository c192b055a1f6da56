"""nbgrader's settings for this course, read by every `nbgrader` command that runs in this folder and by autograder/."""

import os
import sys
import warnings
from pathlib import Path

import autograder

c = get_config()  # noqa: F821  (nbgrader puts it here when it reads the file)

# nbgrader fills "{nbgrader_step}/{student_id}/{assignment_id}"; what belongs to no student has the id ".",
# so that source/./1-computational-graphs becomes assignments/./1-computational-graphs.
c.CourseDirectory.course_id = "cs231n-lite"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.solution_directory = "solutions"
# data.txt lists the files beside a notebook that students get; the list itself stays here, as does a translation.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "data.txt", "*.??.md"]

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Your answer here.*"

# What students are handed is remembered, so that nobody is noted for what the course changes later.
c.GenerateAssignment.post_convert_hook = "autograder.nbgrader_steps.after_release"

# nbgrader's own list, and after it: pictures that only an answer or a mark scheme showed are taken out, the code of
# tests and pictures is folded (c.FoldCourseCode.enabled = False leaves it open), and Run All goes on behind an answer
# that fails.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "autograder.nbgrader_steps.ClearHiddenAttachments",
    "autograder.nbgrader_steps.FoldCourseCode",
    "autograder.nbgrader_steps.LetAnswersFail",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograder.nbgrader_steps.HandOut",
    "autograder.nbgrader_steps.RunAnywhere",
    "autograder.nbgrader_steps.AddReference",
]
# How students hand in: the notebook's last cell and the README of `python -m autograder release` say it in these words.
c.HandOut.hand_in = "Hand it in as your course tells you."
# For notebooks that are opened where cs231n_lite is not installed, as on Colab: its wheel, here a file beside the
# notebook; the address that it has on the course's site is better, see HOSTING.md.
c.RunAnywhere.wheel = "cs231n_lite-0.1.0-py3-none-any.whl"
c.GenerateSolution.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.ClearMarkScheme",
    "autograder.nbgrader_steps.RemoveMarkers",
    "autograder.nbgrader_steps.FoldCourseCode",
    "nbgrader.preprocessors.Execute",
    "autograder.nbgrader_steps.Stabilise",
    "autograder.nbgrader_steps.AddReference",
]

# What is graded is the master with the student's answers in it, whatever the submission is; see intake/graft.py.
c.Autograde.exporter_class = "autograder.nbgrader_steps.SubmissionExporter"
c.Autograde.pre_convert_hook = "autograder.nbgrader_steps.before_grading"
c.SubmissionExporter.optimistic_validation = True  # one look at the notebook's form after all steps, not one after each
# nbgrader's own list; those of ours do the same with less asking, see autograder/gradebook/grade_steps.py.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "autograder.nbgrader_steps.OverwriteKernelspec",
    "autograder.nbgrader_steps.OverwriteCells",
    "autograder.nbgrader_steps.CheckCellMetadata",
]
# nbgrader's own list with Examine for Execute: student cells in a sandbox, test cells in another process.
# Where nothing on a machine can confine a process, nothing is graded; c.Examine.unsafe = True goes on without.
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_steps.Examine",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.nbgrader_steps.SaveAutoGrades",
    "autograder.nbgrader_steps.AssignLatePenalties",
    "autograder.nbgrader_steps.Flag",
    "autograder.nbgrader_steps.Display",
    "autograder.nbgrader_steps.CheckCellMetadata",
]

# What students wrote is shown in feedback and in the formgrader, and must do nothing there; see feedback/display.py.
# The autograded notebook is safe already; these look again, whatever graded it.
c.HTMLExporter.preprocessors = ["autograder.nbgrader_steps.Display"]
c.HTMLExporter.filters = {
    "highlight_code": "autograder.nbgrader_steps.Highlight",  # colours up to a bound
    "markdown2html": "autograder.nbgrader_steps.as_html",  # formulas as MathML, which needs neither script nor network
}
# The formgrader's page of a submission asks no network for MathJax; nbconvert looks for parts of a template here first.
c.HTMLExporter.extra_template_basedirs.prepend([str(Path(autograder.__file__).parent / "feedback" / "template")])
c.HTMLExporter.exclude_anchor_links = True  # a heading would get an id, which could be that of a field for points
c.GenerateFeedback.exporter_class = "autograder.nbgrader_steps.FeedbackExporter"  # new where a mark or comment is new
# nbgrader's own step, and after it ours; the page is that of autograder/feedback/template/.
# c.HideHiddenTests.show = True shows the source of hidden tests in feedback.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograder.nbgrader_steps.Notices",
    "autograder.nbgrader_steps.Display",
    "autograder.nbgrader_steps.HideHiddenTests",
    "autograder.nbgrader_steps.Overview",
    "autograder.nbgrader_steps.Lighten",
]

# What was run once is not run again: grading the same hand-in anew, or one changed test, takes a moment.
c.Examine.store = "build/store"

c.Execute.timeout = 120
c.Execute.record_timing = False

# A student's archive is unpacked within bounds and under the student's name; see autograder/intake/archives.py. Whose a
# file is, and which of several is the newest, is told by the names that Canvas, Moodle, Brightspace, Blackboard, Sakai
# and Gradescope give, and the class in the gradebook; see autograder/platforms/.
c.ZipCollectApp.extractor_plugin = "autograder.nbgrader_steps.PlatformExtractor"
c.ZipCollectApp.collector_plugin = "autograder.nbgrader_steps.PlatformCollector"
# What no platform named so, or while the gradebook has no students: the student's id and the notebook's name are taken
# from STUDENT_…_NOTEBOOK.ipynb. An id of other letters could be HTML in the formgrader.
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\](?P<student_id>(?:[^\W_]|[.@+-])+)_(?:[^/\\]*_)?(?P<file_id>[^/\\_]+)\.ipynb"
)

# `nbgrader export` writes any name as one cell, and none that a spreadsheet runs. What a learning platform takes back:
# --exporter=autograder.nbgrader_steps.CanvasExport and its like, or the command `python -m autograder export`.
c.ExportApp.plugin_class = "autograder.nbgrader_steps.CsvExport"

# `nbgrader db upgrade` logs the gradebook's address, and with it the password of a server; see gradebook/server.py.
c.DbUpgradeApp.logging_config = {
    "filters": {"no password": {"()": "autograder.nbgrader_steps.NoPassword"}},
    "loggers": {"DbUpgradeApp": {"filters": ["no password"]}},
}

# nbgrader 0.9.6 adds to SQLAlchemy's sessions in an order that SQLAlchemy 2 remarks on at length, and gets it right.
warnings.filterwarnings("ignore", message="Object of type .* not in session", module="nbgrader")

# Kernels inherit these: one thread each, so that sums come out the same on any number of cores, and sets in one order.
# nbgrader calls `alembic` by name when it makes a gradebook; it stands beside this Python.
beside = str(Path(sys.executable).parent)
path = os.environ.get("PATH", "")
wanted = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "PYTHONHASHSEED": "0",
    "PATH": path if path.split(os.pathsep)[0] == beside else os.pathsep.join([beside, path]),
}
# This file is read several times for each submission: what is right is not set again, as that would cost memory.
os.environ.update({name: value for name, value in wanted.items() if os.environ.get(name) != value})
# What a kernel is told and answers travels encrypted where it can: every local user may listen to a TCP port.
c.KernelManager.transport_encryption = "auto"
