"""What the desk lends to those of its screens that lie in other rooms: who may enter, addresses and pages of a list."""

from records.desk.doors import READ, desk_view
from records.desk.pages import urlencode_pairs
from records.desk.paging import page_of

__all__ = ["READ", "desk_view", "page_of", "urlencode_pairs"]
