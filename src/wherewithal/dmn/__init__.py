"""DMN models: read, checked, and evaluated by three executors that agree.

Pure, and imports no other room: it could be a package of its own.
"""
