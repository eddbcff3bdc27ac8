"""What a link to *Inside the network* carries."""

from resnet_viz.ui.kit.url_parsers import choice

SHOW = choice("show", ("maps", "strip"))

READ = choice("read", ("normalised", "bare"))
"""How the picture's numbers are read, where that is shown."""

PARAMS = (SHOW, READ)
