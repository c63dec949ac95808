"""What lies in the state directory of a daemon."""

import json


def saved_client(daemon):
    """The content of the file with the client credentials; None when there is none."""
    return _content(daemon, "client-*.json")


def history(daemon):
    """The content of the file with the registration history; None when there is none."""
    return _content(daemon, "registration-*.json")


def _content(daemon, pattern):
    files = list(daemon.state.glob(f"default/{pattern}"))
    if len(files) > 1:
        raise ValueError(f"several files: {files}")
    return json.loads(files[0].read_text()) if files else None
