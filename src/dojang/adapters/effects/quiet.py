"""DBOS's own logging, kept short: no start-up chatter, no tracebacks and no exception texts of others.

DBOS installs a console handler unless its logger has one already; ours passes records on to the program's logging.
"""

import logging

DBOS_LOGGER = "dbos"


class _WithoutTraceback(logging.Filter):
    """Replace what DBOS appends of an exception (its text may quote data) by the exception's type."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.getMessage()} {record.exc_info[0].__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def quieten() -> None:
    """Set DBOS's logger up; safe to repeat."""
    logger = logging.getLogger(DBOS_LOGGER)
    if not any(isinstance(one, _WithoutTraceback) for one in logger.filters):
        logger.addFilter(_WithoutTraceback())
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
    logger.propagate = True
