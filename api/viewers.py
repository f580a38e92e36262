"""Who may change what: the dataset's viewers never change, the demo viewer where allowed."""

from retrieval.domain.errors import ReadOnlyViewer
from retrieval.domain.models import ViewerId
from retrieval.profiles import DEMO_VIEWER, Profiles

__all__ = ["check_writable", "is_writable"]


def is_writable(profiles: Profiles, viewer_id: ViewerId, *, demo_writable: bool) -> bool:
    """Whether this API may change the viewer's history."""
    # Accounts do not exist yet, so nobody but the demo viewer can prove who they are.
    return viewer_id == DEMO_VIEWER and demo_writable and profiles.is_writable(viewer_id)


def check_writable(profiles: Profiles, viewer_id: ViewerId, *, demo_writable: bool) -> None:
    """Raise `ReadOnlyViewer` unless this API may change the viewer's history."""
    if is_writable(profiles, viewer_id, demo_writable=demo_writable):
        return
    if viewer_id == DEMO_VIEWER:
        raise ReadOnlyViewer("the demo viewer's history cannot be changed on this server")
    raise ReadOnlyViewer(f"the history of '{viewer_id}' cannot be changed; use 'demo'")
