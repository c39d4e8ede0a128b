"""`tocsin page`, whole: the pages themselves, who may read them, how they look."""

from tocsin.cli import audiences, look
from tocsin.cli.catalogue import page

__all__ = ["page"]

page.add_command(audiences.page_access)
page.add_command(look.page_look)
