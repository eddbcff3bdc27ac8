"""What a link to *Inside the network* carries."""

from resnet_viz.ui.kit.url_parsers import choice

SHOW = choice("show", ("maps", "strip"))

PARAMS = (SHOW,)
