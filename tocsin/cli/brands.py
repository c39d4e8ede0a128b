"""`tocsin page`, whole: the pages themselves, who may read them, how they look, what
counts as down."""

from tocsin.cli import audiences, holidays, look, showing, weights
from tocsin.cli.catalogue import page

__all__ = ["page"]

page.add_command(audiences.page_access)
page.add_command(holidays.page_country)
page.add_command(look.page_look)
page.add_command(showing.page_score)
page.add_command(weights.page_weights)
