"""How a log line looks: one JSON object, secrets and line breaks never in clear."""

import re

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_KEYS = re.compile(r"password|token|secret|iban|authorization|cookie", re.IGNORECASE)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}[ ]?[A-Z0-9]{1,4}\b")


def hide_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace the values of secret keys, and account numbers anywhere, before a line is written."""
    for key, value in event.items():
        if SECRET_KEYS.search(key):
            event[key] = "[hidden]"
        elif isinstance(value, str):
            event[key] = IBAN.sub("[account number]", value)
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    hide_secrets,
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


class Formatter(structlog.stdlib.ProcessorFormatter):
    """The formatter that the settings name; JSON escapes line breaks, so no input can forge a line."""

    def __init__(self) -> None:
        super().__init__(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide_secrets,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=SHARED,
        )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the structured logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
