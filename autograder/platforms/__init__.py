"""Learning platforms: what students handed in there is collected, and points and pages are written as each takes them.

Each platform is a module that says how it names things, and where that is from; the rest knows no platform by name.
"""
