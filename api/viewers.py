"""Who may be changed through the API.

There are no accounts yet: the demo viewer belongs to everybody where the server allows it, and a
new viewer to whoever holds its random id.
"""

from retrieval.domain.errors import ReadOnlyViewer
from retrieval.domain.models import ViewerId
from retrieval.new_viewers import is_new_viewer_id
from retrieval.profiles import DEMO_VIEWER, Profiles

__all__ = ["check_personal", "check_writable", "is_writable"]


def is_writable(profiles: Profiles, viewer_id: ViewerId) -> bool:
    """Whether a caller may change the viewer's history."""
    is_open = viewer_id == DEMO_VIEWER or is_new_viewer_id(viewer_id)
    return is_open and profiles.is_writable(viewer_id)


def check_writable(profiles: Profiles, viewer_id: ViewerId) -> None:
    """Raise `ReadOnlyViewer` unless a caller may change the viewer's history."""
    if is_writable(profiles, viewer_id):
        return
    if viewer_id == DEMO_VIEWER:
        raise ReadOnlyViewer("the demo viewer's history cannot be changed on this server")
    raise ReadOnlyViewer(
        f"the history of '{viewer_id}' cannot be changed; use 'demo', or a viewer"
        " of your own from POST /api/onboarding"
    )


def check_personal(profiles: Profiles) -> None:
    """Raise `ReadOnlyViewer` where strangers share the demo viewer."""
    if not profiles.is_writable(DEMO_VIEWER):
        raise ReadOnlyViewer("conversations are not listed on a server that strangers share")
