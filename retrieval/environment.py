"""Settings that come from environment variables.

A library does this with more sources than we read; importing it takes a twentieth of the time
that a Lambda function has for its first answer.
"""

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["EnvironmentSettings"]

PREFIX: Final = "WHYLENS_"


class EnvironmentSettings(BaseModel):
    """Settings whose fields are the arguments, else variables of the environment, else defaults.

    The variable of a field is ``WHYLENS_<FIELD>``; `variables` names others. An empty variable
    counts as none. Fields are simple values: a subclass takes collections apart itself.

    Raises:
        ValidationError: A value is of the wrong kind or out of its range; it names the field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Variables of fields that answer to other names, the first that is set counts."""

    @model_validator(mode="before")
    @classmethod
    def _read_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for field in cls.model_fields:
            for variable in cls.variables.get(field, (PREFIX + field.upper(),)):
                if value := os.environ.get(variable):  # noqa: TID251 - the one place
                    found[field] = value
                    break
        return found | given
