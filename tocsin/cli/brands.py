"""`tocsin page`, whole: the pages themselves, who may read them, how they look."""

from tocsin.cli import audiences
from tocsin.cli.catalogue import page

__all__ = ["page"]

page.add_command(audiences.page_access)
