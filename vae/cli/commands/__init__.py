"""The commands, a module each, which is imported when its command runs.

`run` takes the parsed arguments and returns a result that can be written as JSON; `show` returns the result as text.
"""
