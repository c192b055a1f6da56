"""nbgrader's face: every step, hook and plugin that nbgrader_config.py names, in the order in which they are met."""

from __future__ import annotations

from autograder.building.handing_out import HandOut
from autograder.building.reference import AddReference
from autograder.building.released_steps import FoldCourseCode, LetAnswersFail
from autograder.building.running_anywhere import RunAnywhere
from autograder.building.solution_steps import ClearHiddenAttachments, RemoveMarkers, Stabilise
from autograder.examining.step import Examine
from autograder.feedback.colours import Highlight
from autograder.feedback.display import Display
from autograder.feedback.hidden import HideHiddenTests
from autograder.feedback.light import Lighten
from autograder.feedback.words import as_html
from autograder.gradebook.flags import Flag
from autograder.gradebook.grade_steps import (
    AssignLatePenalties,
    CheckCellMetadata,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from autograder.gradebook.overview import Overview
from autograder.gradebook.pages import FeedbackExporter
from autograder.gradebook.server import NoPassword
from autograder.intake.archives import Extractor
from autograder.intake.graft import SubmissionExporter
from autograder.intake.hook import after_release, before_grading
from autograder.intake.notices import Notices
from autograder.platforms.export_plugins import (
    BlackboardExport,
    BrightspaceExport,
    CanvasExport,
    GradescopeExport,
    MoodleExport,
    SakaiExport,
)
from autograder.platforms.plain_csv import CsvExport
from autograder.platforms.zip_collect import PlatformCollector, PlatformExtractor

__all__ = [  # noqa: RUF022  (in the order in which nbgrader meets them)
    # building: generate_assignment, generate_solution
    "after_release",
    "ClearHiddenAttachments",
    "FoldCourseCode",
    "LetAnswersFail",
    "HandOut",
    "RunAnywhere",
    "AddReference",
    "RemoveMarkers",
    "Stabilise",
    # intake: zip_collect, and the start of autograde
    "Extractor",
    "PlatformExtractor",
    "PlatformCollector",
    "before_grading",
    "SubmissionExporter",
    # autograde
    "OverwriteKernelspec",
    "OverwriteCells",
    "CheckCellMetadata",
    "Examine",
    "SaveAutoGrades",
    "AssignLatePenalties",
    "Flag",
    # feedback and every page
    "Notices",
    "FeedbackExporter",
    "Display",
    "HideHiddenTests",
    "Overview",
    "Lighten",
    "Highlight",
    "as_html",
    # export
    "CsvExport",
    "CanvasExport",
    "MoodleExport",
    "BrightspaceExport",
    "BlackboardExport",
    "SakaiExport",
    "GradescopeExport",
    # the gradebook's own log
    "NoPassword",
]
