"""Who may be changed through the API: accounts do not exist yet, so the demo viewer at most."""

from retrieval.domain.errors import ReadOnlyViewer
from retrieval.domain.models import ViewerId
from retrieval.profiles import DEMO_VIEWER, Profiles

__all__ = ["check_personal", "check_writable", "is_writable"]


def is_writable(profiles: Profiles, viewer_id: ViewerId) -> bool:
    """Whether a caller may change the viewer's history."""
    return viewer_id == DEMO_VIEWER and profiles.is_writable(viewer_id)


def check_writable(profiles: Profiles, viewer_id: ViewerId) -> None:
    """Raise `ReadOnlyViewer` unless a caller may change the viewer's history."""
    if is_writable(profiles, viewer_id):
        return
    if viewer_id == DEMO_VIEWER:
        raise ReadOnlyViewer("the demo viewer's history cannot be changed on this server")
    raise ReadOnlyViewer(f"the history of '{viewer_id}' cannot be changed; use 'demo'")


def check_personal(profiles: Profiles) -> None:
    """Raise `ReadOnlyViewer` where strangers share the demo viewer."""
    if not profiles.is_writable(DEMO_VIEWER):
        raise ReadOnlyViewer("conversations are not listed on a server that strangers share")
