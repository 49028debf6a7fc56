"""Yes and no in the environment.

Flask takes every word but `0`, `false` and `no` for yes, `off` too. So only words are accepted
that Flask and this project read alike.
"""

FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def parse_flag(text: str) -> bool:
    """Read a flag; case doesn't matter. Raise ValueError for any other word."""
    flag = FLAGS.get(text.lower())
    if flag is None:
        raise ValueError(f"is {text!r}")
    return flag


def is_on_for_flask(text: str) -> bool:
    """Whether Flask would take `text` for yes."""
    return bool(text) and FLAGS.get(text.lower(), True)
