"""placeholder"""

from typing import Any

from agents.drafts import ListReasons


def realize_list_reasons(payload: dict[str, Any]) -> ListReasons:
    raise NotImplementedError
