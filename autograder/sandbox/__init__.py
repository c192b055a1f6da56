"""The box from outside: what confines a student's process, how it is started, watched and ended."""
